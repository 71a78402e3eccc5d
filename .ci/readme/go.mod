module github.com/partitioned-buffer/go/.ci/readme

go 1.25
