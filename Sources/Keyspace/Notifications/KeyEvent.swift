import Bytes
import Configuration

/// Something that happened to a key, by the name that its subscribers know it by, and its class.
///
/// The doors that change a key take the event of the change, so that none can be forgotten; what
/// happens by itself (`expired`, `evicted`, `new`, `keymiss`, the `del` of what became empty) is told
/// where it happens.
public struct KeyEvent {
    public let kind: KeyspaceEvents
    public let name: StaticString

    @inlinable
    init(_ kind: KeyspaceEvents, _ name: StaticString) {
        self.kind = kind
        self.name = name
    }
}

extension KeyEvent {
    @inlinable public static func generic(_ name: StaticString) -> KeyEvent {
        .init(.generic, name)
    }
    @inlinable public static func string(_ name: StaticString) -> KeyEvent { .init(.string, name) }
    @inlinable public static func list(_ name: StaticString) -> KeyEvent { .init(.list, name) }
    @inlinable public static func set(_ name: StaticString) -> KeyEvent { .init(.set, name) }
    @inlinable public static func hash(_ name: StaticString) -> KeyEvent { .init(.hash, name) }
    @inlinable public static func stream(_ name: StaticString) -> KeyEvent { .init(.stream, name) }
    @inlinable public static func sortedSet(_ name: StaticString) -> KeyEvent {
        .init(.sortedSet, name)
    }

    static var deletion: KeyEvent { .generic("del") }
    static var expiry: KeyEvent { KeyEvent(.expired, "expired") }
    static var eviction: KeyEvent { KeyEvent(.evicted, "evicted") }
    static var creation: KeyEvent { KeyEvent(.new, "new") }
    static var miss: KeyEvent { KeyEvent(.keyMiss, "keymiss") }
}

extension Database {
    /// Tells who listens that something happened to a key. While nobody wants events of its class,
    /// this costs one test.
    @inline(__always)
    public func notify(_ event: KeyEvent, _ key: Key) {
        guard !shared.value.events.isDisjoint(with: event.kind) else { return }
        tell(event, key)
    }

    @inline(never)
    private func tell(_ event: KeyEvent, _ key: Key) {
        shared.value.onKeyEvent?(index, event, key.bytes)
    }
}
