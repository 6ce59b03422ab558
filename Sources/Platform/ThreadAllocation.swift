import CPlatform

/// What one thread has allocated and freed, read from the allocator's own counters: two loads.
///
/// Made on the thread that it measures, and valid as long as that thread lives. Memory that one
/// thread allocates and another frees appears in the balance of both.
@safe
@frozen
public struct ThreadAllocation {
    @usableFromInline let allocatedCounter: UnsafePointer<UInt64>
    @usableFromInline let freedCounter: UnsafePointer<UInt64>

    /// Finds the counters of the calling thread.
    public init() {
        unsafe allocatedCounter = ls_thread_allocated()
        unsafe freedCounter = ls_thread_freed()
    }

    /// Bytes allocated since the thread began.
    @inlinable public var allocated: UInt64 { unsafe allocatedCounter.pointee }
    /// Bytes freed since the thread began.
    @inlinable public var freed: UInt64 { unsafe freedCounter.pointee }
    /// Bytes allocated and not freed, by this thread.
    @inlinable public var balance: Int { Int(truncatingIfNeeded: allocated &- freed) }
}
