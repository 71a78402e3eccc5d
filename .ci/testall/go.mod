module github.com/partitioned-buffer/go/.ci/testall

go 1.25
