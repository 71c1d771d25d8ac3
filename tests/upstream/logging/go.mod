// The judge of the script that drops and redacts: a Lua interpreter runs it.
module github.com/ladder-platform/ladder/tests/upstream/logging

go 1.26.0

require github.com/yuin/gopher-lua v1.1.1
