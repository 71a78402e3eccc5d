package rivals

import "github.com/partitioned-buffer/go/benchmarks/rival"

const rawIndex = rival.Puts | rival.Gets | rival.Deletes | rival.Answers | rival.Lossless | rival.Coalesces

// Contenders are the third-party rivals that take any key.
func Contenders[K comparable, V any]() []rival.Contender[K, V] {
	return []rival.Contender[K, V]{
		{Name: "xsync4", Can: rival.All, New: NewXSync4[K, V]},
		{Name: "xsync4raw", Can: rawIndex, New: NewXSync4Raw[K, V]},
		{Name: "cmap", Can: rival.All, New: NewCMap[K, V]},
		{Name: "otter", Can: rival.All, New: NewOtter[K, V]},
	}
}

// OTelContender takes integers only.
func OTelContender() rival.Contender[int, int] {
	return rival.Contender[int, int]{Name: "otel", Can: rival.Puts | rival.Flushes, New: NewOTel}
}
