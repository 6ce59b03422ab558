import Foundation
import Testing

extension Trait where Self == TimeLimitTrait {
    /// For suites that wait for the kernel: a minute says that something hangs. Under a sanitizer,
    /// where all suites at once take many times as long, twenty.
    static var kernelTimeLimit: Self {
        let isSanitized = ProcessInfo.processInfo.environment["LEDGERSTONE_SANITIZED"] != nil
        return .timeLimit(.minutes(isSanitized ? 20 : 1))
    }
}
