import Bytes
import CPlatform

/// A string value too long to stand in its entry: count, capacity and pins in 64 bits each, then
/// bytes.
///
/// Pins are held by who reads the bytes while the data thread goes on, as a snapshot does. A pinned
/// string does not change: a change copies it first. When its owner frees it, it only goes with the
/// last pin. Pins are set and given back on the data thread.
@safe
struct LargeString {
    let address: UnsafeMutableRawPointer

    init(address: UnsafeMutableRawPointer) { unsafe self.address = address }

    private static let headerSize = 24
    /// Stands in the pins of a string whose owner has freed it.
    private static let orphanFlag = 1 << 62
    /// Growth doubles up to here and adds this much beyond.
    private static let slackMax = 1 << 20

    /// A string of `count` zero bytes with room for `capacity`.
    static func make(count: Int, capacity: Int) -> LargeString {
        precondition(count <= capacity)
        guard let address = unsafe ls_allocate(headerSize + capacity) else {
            preconditionFailure("out of memory for a string of \(capacity) bytes")
        }
        unsafe address.storeBytes(of: count, as: Int.self)
        unsafe address.storeBytes(of: capacity, toByteOffset: 8, as: Int.self)
        unsafe address.storeBytes(of: 0, toByteOffset: 16, as: Int.self)
        return unsafe LargeString(address: address)
    }

    var count: Int { unsafe address.load(as: Int.self) }
    private var capacity: Int { unsafe address.load(fromByteOffset: 8, as: Int.self) }
    var content: UnsafeMutableRawPointer { unsafe address + Self.headerSize }
    var bytes: ByteSlice { unsafe ByteSlice(start: content, count: count) }

    /// A string of its own with the same bytes.
    func copied() -> LargeString {
        let copy = LargeString.make(count: count, capacity: count)
        unsafe ls_copy(copy.content, content, count)
        return copy
    }

    /// Bytes that the allocator spends on it.
    var memoryUsage: Int { unsafe Int(ls_allocation_size(address)) }

    /// The same string with a new count; bytes added are uninitialised. The old handle is void.
    func resized(to newCount: Int) -> LargeString {
        if pins > 0 { return copied(resizedTo: newCount) }
        if newCount <= capacity {
            unsafe address.storeBytes(of: newCount, as: Int.self)
            return self
        }
        let larger = newCount + min(newCount, Self.slackMax)
        guard let moved = unsafe ls_reallocate(address, Self.headerSize + larger) else {
            preconditionFailure("out of memory for a string of \(larger) bytes")
        }
        unsafe moved.storeBytes(of: newCount, as: Int.self)
        unsafe moved.storeBytes(of: larger, toByteOffset: 8, as: Int.self)
        return unsafe LargeString(address: moved)
    }

    /// A copy for the owner, who leaves the original to those who have pinned it.
    private func copied(resizedTo newCount: Int) -> LargeString {
        let copy = LargeString.make(
            count: newCount, capacity: newCount + min(newCount, Self.slackMax))
        unsafe ls_copy(copy.content, content, min(count, newCount))
        free()
        return copy
    }

    /// Gives the owner's part up.
    func free() {
        if pins > 0 {
            pins |= Self.orphanFlag
        } else {
            deallocate()
        }
    }

    private func deallocate() { unsafe ls_free(address, Self.headerSize + capacity) }

    // MARK: Pins

    private var pins: Int {
        get { unsafe address.load(fromByteOffset: 16, as: Int.self) }
        nonmutating set { unsafe address.storeBytes(of: newValue, toByteOffset: 16, as: Int.self) }
    }

    func pin() {
        precondition(pins & Self.orphanFlag == 0)
        pins += 1
    }

    func unpin() {
        precondition(pins & ~Self.orphanFlag > 0)
        pins -= 1
        if pins == Self.orphanFlag { deallocate() }
    }
}
