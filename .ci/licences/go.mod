module github.com/partitioned-buffer/go/.ci/licences

go 1.25

require github.com/google/licensecheck v0.3.1
