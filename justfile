# Commands of development; https://github.com/casey/just. `just` lists them.

default:
    @just --list

# Builds everything with warnings as errors.
build:
    dotnet build Specializer.sln -c Release -warnaserror

# Runs all tests on the widest instruction set of this machine.
test *arguments:
    dotnet test Specializer.sln -c Release -maxcpucount:1 {{arguments}}

# Runs the tests of the runtime on AVX2.
test-avx2:
    dotnet test tests/Specializer.Tests -c Release -e DOTNET_EnableAVX512=0

# Runs the tests of the runtime on portable vectors.
test-portable:
    dotnet test tests/Specializer.Tests -c Release -e DOTNET_EnableAVX2=0

# Runs the NEON kernels on an emulated ARM64 machine.
test-arm64:
    .ci/arm64

# Runs all legs of continuous integration.
ci:
    .ci/run

# Fuzzes the compiler: cases from a seed on.
fuzz seed="1" cases="2000":
    .ci/fuzz {{seed}} {{cases}}

# Measures the kernels against the limits of this machine.
roofline *arguments:
    dotnet run -c Release --project benchmarks -- roofline {{arguments}}

# Accepts changed snapshots and pages that tests write; review them with git diff.
accept-snapshots:
    SNAPSHOTS=accept dotnet test tests/Specializer.Generator.Tests -c Release --filter "FullyQualifiedName~Snapshots|FullyQualifiedName~ModelTable"

# Rewrites the baselines of the public API.
api:
    .ci/api

# Formats the tree.
format:
    dotnet tool restore
    dotnet csharpier format .
