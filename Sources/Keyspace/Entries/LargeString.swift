import Bytes
import CPlatform

/// A string value too long to stand in its entry: count and capacity in 64 bits each, then bytes.
@safe
struct LargeString {
    let address: UnsafeMutableRawPointer

    init(address: UnsafeMutableRawPointer) { unsafe self.address = address }

    private static let headerSize = 16
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
        return unsafe LargeString(address: address)
    }

    var count: Int { unsafe address.load(as: Int.self) }
    private var capacity: Int { unsafe address.load(fromByteOffset: 8, as: Int.self) }
    var content: UnsafeMutableRawPointer { unsafe address + Self.headerSize }
    var bytes: ByteSlice { unsafe ByteSlice(start: content, count: count) }

    /// Bytes that the allocator spends on it.
    var memoryUsage: Int { unsafe Int(ls_allocation_size(address)) }

    /// The same string with a new count; bytes added are uninitialised. The old handle is void.
    func resized(to newCount: Int) -> LargeString {
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

    func free() { unsafe ls_free(address, Self.headerSize + capacity) }
}
