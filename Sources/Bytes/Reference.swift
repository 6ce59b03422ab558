/// A manually owned object: the address of a value that its owner allocates and frees.
///
/// The hot path follows references instead of class instances because they cost no retain and no
/// release. Whoever creates one frees it, exactly once, when nobody uses it any more.
@safe
@frozen
public struct Reference<Value: ~Copyable>: Equatable {
    @usableFromInline let address: UnsafeMutablePointer<Value>

    /// Moves a value to a place of its own.
    @inlinable
    public init(to value: consuming Value) {
        unsafe address = .allocate(capacity: 1)
        unsafe address.initialize(to: value)
    }

    @inlinable
    public static func == (left: Reference, right: Reference) -> Bool {
        unsafe left.address == right.address
    }

    @inlinable public var value: Value {
        unsafeAddress { unsafe UnsafePointer(address) }
        nonmutating unsafeMutableAddress { unsafe address }
    }

    /// Destroys the value and gives its memory back.
    @inlinable
    public func free() {
        unsafe address.deinitialize(count: 1)
        unsafe address.deallocate()
    }

    /// The reference as a number, for a register that can only keep numbers.
    @inlinable public var token: UInt64 { unsafe UInt64(UInt(bitPattern: address)) }

    /// - Parameter token: of a reference to the same type that has not been freed.
    @inlinable
    public init?(token: UInt64) {
        guard let address = unsafe UnsafeMutablePointer<Value>(bitPattern: UInt(token)) else {
            return nil
        }
        unsafe self.address = address
    }
}
