#!/bin/sh
# What must hold before a version is tagged, beside what CI checks: see the list
# that it prints. Goes through to the end, to show all faults at once.
set -u
bin=$PWD/.ci/bin
rc=0
check() { echo "release-check: $*"; }
fault() {
	echo "release-check: $*" >&2
	rc=1
}

check "CHANGELOG.md has the version that is about to be tagged"
version=$(sed -n 's/^## \(v[0-9][0-9.]*\).*/\1/p' CHANGELOG.md | head -n 1)
[ -n "$version" ] || fault "CHANGELOG.md has no heading like '## v0.1.0'"

check "dependencies are what their checksums say"
for m in $MODULES; do
	(cd "$m" && go mod verify) || fault "$m: go mod verify"
done

check "nested modules use this checkout and the library's own versions"
for m in $MODULES; do
	root=$(cd "$m" && go list -m -f '{{with .Replace}}{{.Dir}}{{end}}' github.com/partitioned-buffer/go 2>/dev/null) || continue
	[ -z "$root" ] || [ "$root" = "$PWD" ] || fault "$m: the library is replaced by $root"
	for wanted in $(go list -m -f '{{if not (or .Main .Indirect)}}{{.Path}}@{{.Version}}{{end}}' all); do
		got=$(cd "$m" && go list -m -f '{{.Path}}@{{.Version}}' "${wanted%@*}" 2>/dev/null) || continue
		[ "$got" = "$wanted" ] || fault "$m: has $got, the library $wanted"
	done
done

check "dependabot watches every module"
for m in $MODULES ./.ci/tools; do
	m=${m#.}
	grep -q "^ *- ${m:-/}\$" .github/dependabot.yml || fault ".github/dependabot.yml: ${m:-/} is missing"
done

check "licences"
# shellcheck disable=SC2086 # one word a module
"$bin/licences" $MODULES || fault "licences"

for target in linux/amd64 linux/arm64 linux/386 darwin/arm64 windows/amd64; do
	check "go vet for $target"
	for m in $MODULES; do
		(cd "$m" && GOOS=${target%/*} GOARCH=${target#*/} CGO_ENABLED=0 go vet ./...) || fault "$m: vet for $target"
	done
done

# The collector with and without its newer design; every object checked and
# freed memory overwritten, for the code that uses unsafe; no preemption inside
# of loops.
for setting in GOEXPERIMENT=nogreenteagc GODEBUG=gccheckmark=1 GODEBUG=clobberfree=1 GODEBUG=asyncpreemptoff=1 GOGC=1; do
	check "the library's tests under $setting"
	env "$setting" go test -count 1 ./pbuf ./internal/... || fault "tests under $setting"
done

base=$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null)
if [ -n "$base" ]; then
	check "the API against $base"
	"$bin/gorelease" -base "$base" -version "$version" || fault "gorelease"
else
	check "no tag yet: nothing to compare the API with"
fi

[ "$rc" -ne 0 ] || echo "release-check: $version can be tagged (race and the rest: make ci)"
exit $rc
