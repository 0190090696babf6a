// Pins Istio's charts, the folder manifests/charts of the module; downloaded by `python -m local.tools istio`.
// Another version: `go mod edit -require`, then `go mod download`. Nothing is imported, so `go mod tidy` would
// drop the line.
module istio-eks/tools/istio

go 1.26

require istio.io/istio v0.0.0-20260827124520-eed52ebb66ad
