import Platform

// What libFuzzer calls with each input that it has thought of. `LEDGERSTONE_FUZZ_TARGET` names the
// decoder; `Scripts/fuzz` builds and runs this.

private let target: FuzzTarget = {
    let name = KernelProcess().environment("LEDGERSTONE_FUZZ_TARGET") ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        preconditionFailure("LEDGERSTONE_FUZZ_TARGET names no decoder: '\(name)'")
    }
    return target
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func takeFuzzerInput(_ start: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    target.take(Array(UnsafeBufferPointer(start: start, count: size)))
    return 0
}
