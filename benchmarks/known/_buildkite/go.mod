module buildkite

go 1.24
