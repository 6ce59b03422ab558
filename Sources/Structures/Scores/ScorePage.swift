import CPlatform

/// A page of a `ScoreIndex`.
///
/// ```
/// offset 0   count of entries, 32 bits
///        4   capacity c, 32 bits, even
///        8   depth: bits of the hash that all entries share, 32 bits
///       12   0, 32 bits
///       16   c hashes, 32 bits each, rising
///  16 + 4c   c scores, 64 bits each
/// ```
@safe
@frozen
@usableFromInline
struct ScorePage: Equatable {
    @usableFromInline let address: UnsafeMutableRawPointer

    /// A page with more entries divides, unless their hashes are too alike.
    static let countMax = 62
    private static let headerSize = 16
    private static let entrySize = 12

    @inlinable init(_ address: UnsafeMutableRawPointer) { unsafe self.address = address }

    @inlinable
    static func == (left: ScorePage, right: ScorePage) -> Bool {
        unsafe left.address == right.address
    }

    /// An empty page with room for so many entries; the room fills a size class.
    static func make(for count: Int, depth: Int) -> ScorePage {
        let size = SizeClass.size(headerSize + entrySize * (count + count % 2))
        guard let address = unsafe ls_allocate(size) else {
            preconditionFailure("out of memory for a page of \(size) bytes")
        }
        let page = unsafe ScorePage(address)
        page.count = 0
        page.capacity = (size - headerSize) / entrySize & ~1
        page.depth = depth
        return page
    }

    private var size: Int { Self.size(for: capacity) }

    /// Bytes of the allocation for an even number of entries that fills it.
    private static func size(for capacity: Int) -> Int {
        SizeClass.size(headerSize + entrySize * capacity)
    }

    func free() { unsafe ls_free(address, size) }

    var memoryUsage: Int { size }

    @inlinable var count: Int {
        get { unsafe Int(address.load(as: UInt32.self)) }
        nonmutating set { unsafe address.storeBytes(of: UInt32(newValue), as: UInt32.self) }
    }

    @inlinable var capacity: Int {
        get { unsafe Int(address.load(fromByteOffset: 4, as: UInt32.self)) }
        nonmutating set {
            unsafe address.storeBytes(of: UInt32(newValue), toByteOffset: 4, as: UInt32.self)
        }
    }

    var depth: Int {
        get { unsafe Int(address.load(fromByteOffset: 8, as: UInt32.self)) }
        nonmutating set {
            unsafe address.storeBytes(of: UInt32(newValue), toByteOffset: 8, as: UInt32.self)
        }
    }

    @inlinable var hashes: UnsafeMutablePointer<UInt32> {
        unsafe (address + 16).assumingMemoryBound(to: UInt32.self)
    }

    @inlinable var scores: UnsafeMutablePointer<Double> {
        unsafe (address + 16 + 4 &* capacity).assumingMemoryBound(to: Double.self)
    }

    /// Entries with a hash below another. Hashes are even, so the search begins where the entry
    /// should stand.
    func countBelow(_ hash: UInt32) -> Int {
        let (count, hashes) = unsafe (count, hashes)
        let rest = hash << UInt32(depth)
        var index = Int(UInt64(rest) &* UInt64(count) &>> 32)
        while unsafe index < count && hashes[index] < hash { index &+= 1 }
        while unsafe index > 0 && hashes[index &- 1] >= hash { index &-= 1 }
        return index
    }

    func insert(_ hash: UInt32, _ score: Double, at index: Int) {
        precondition(count < capacity)
        precondition(index <= count)
        let moved = count - index
        unsafe memmove(hashes + index + 1, hashes + index, 4 * moved)
        unsafe memmove(scores + index + 1, scores + index, 8 * moved)
        unsafe hashes[index] = hash
        unsafe scores[index] = score
        count += 1
    }

    func remove(at index: Int) {
        precondition(index < count)
        let moved = count - index - 1
        unsafe memmove(hashes + index, hashes + index + 1, 4 * moved)
        unsafe memmove(scores + index, scores + index + 1, 8 * moved)
        count -= 1
    }

    /// Appends entries of another page, whose hashes are higher.
    func append(_ range: Range<Int>, of other: ScorePage) {
        precondition(count + range.count <= capacity)
        unsafe memcpy(hashes + count, other.hashes + range.lowerBound, 4 * range.count)
        unsafe memcpy(scores + count, other.scores + range.lowerBound, 8 * range.count)
        count += range.count
    }

    /// The same entries in a page with room for so many; this one is freed.
    func resized(for count: Int) -> ScorePage {
        let page = ScorePage.make(for: count, depth: depth)
        page.append(0..<self.count, of: self)
        free()
        return page
    }

    /// Whether a page for so many entries would take less memory.
    func isTooLarge(for count: Int) -> Bool {
        Self.size(for: count + count % 2) <= size / 3 * 2
    }
}
