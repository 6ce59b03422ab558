import Bytes
import Structures

/// A large value that nothing leads to any more: whichever thread has it frees it, once.
///
/// No frozen copy of it exists. One that is pinned stays with the data thread, which counts the pins.
public struct UnreachableValue: @unchecked Sendable {
    private let value: StoredValue

    fileprivate init(_ value: StoredValue) {
        precondition(!value.root.isPinned)
        self.value = value
    }

    public func free() { value.free() }
}

extension Entry {
    /// Frees an entry that is out of the tables. A value that would take long is left to `take`
    /// instead.
    func free(leavingLargeTo take: ((UnreachableValue) -> Void)?) {
        guard let take, isOutside, encoding.isVersioned, value.isLarge, !value.root.isPinned else {
            return free()
        }
        let value = UnreachableValue(value)
        freeShell()
        take(value)
    }
}

extension Database {
    /// Frees an entry that was taken out of the tables.
    func free(_ entry: Entry, lazily: Bool) {
        entry.free(leavingLargeTo: lazily ? shared.value.onUnreachable : nil)
    }
}
