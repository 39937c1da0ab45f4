#!/bin/sh
# Records what the Kubernetes tools read in the fixtures: *.jsonl -> *.golden.jsonl. Needs Go and the Go module proxy.
set -eu
cd "$(dirname "$0")"
for name in own yaml-test-suite; do
    go run . <"../../fixtures/yaml/$name.jsonl" >"../../fixtures/yaml/$name.golden.jsonl"
done
