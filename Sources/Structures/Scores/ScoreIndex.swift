import CPlatform

/// From members to scores, without the members: of each it keeps 32 bits of hash and the score.
///
/// Who looks a member up gets the scores of those with the same hash, mostly one or none, and finds
/// the member itself in the tree, at that score. So a member costs about fourteen bytes here.
///
/// Extendible hashing: a directory of 2^depth pages, chosen by the hash's upper bits; a full page
/// divides, sparse neighbours are joined. It lives in 16 bytes of the owner:
///
/// ```
/// offset 0   address of the directory, or 0 when nothing is there
///        8   depth of the directory, 32 bits
///       12   count of pages, 32 bits
/// ```
///
/// A handle. Frozen copies of a value do not use it.
@safe
@frozen
public struct ScoreIndex {
    @usableFromInline let place: UnsafeMutableRawPointer

    /// Bytes that the owner provides, zero at first.
    public static let size = 16
    /// Pages are not divided further: those with more entries have hashes that are too alike.
    static let depthMax = 26

    @inlinable public init(at place: UnsafeMutableRawPointer) { unsafe self.place = place }

    /// Entries of one page with the same hash; valid until an entry is inserted or removed.
    @safe
    @frozen
    public struct Matches {
        @usableFromInline let page: ScorePage
        @usableFromInline let hash: UInt32
        public let range: Range<Int>

        @usableFromInline
        init(page: ScorePage, hash: UInt32, range: Range<Int>) {
            self.page = page
            self.hash = hash
            self.range = range
        }

        @inlinable
        public func score(_ index: Int) -> Double {
            precondition(range.contains(index))
            return unsafe page.scores[index]
        }

        /// Gives the entry another score.
        public func setScore(_ score: Double, at index: Int) {
            precondition(range.contains(index))
            unsafe page.scores[index] = score
        }
    }

    typealias Directory = UnsafeMutablePointer<UnsafeMutableRawPointer>

    var directory: Directory? {
        get { unsafe place.load(as: Directory?.self) }
        nonmutating set { unsafe place.storeBytes(of: newValue, as: Directory?.self) }
    }

    var depth: Int {
        get { unsafe Int(place.load(fromByteOffset: 8, as: UInt32.self)) }
        nonmutating set {
            unsafe place.storeBytes(of: UInt32(newValue), toByteOffset: 8, as: UInt32.self)
        }
    }

    var pageCount: Int {
        get { unsafe Int(place.load(fromByteOffset: 12, as: UInt32.self)) }
        nonmutating set {
            unsafe place.storeBytes(of: UInt32(newValue), toByteOffset: 12, as: UInt32.self)
        }
    }

    func slot(of hash: UInt32) -> Int { Int(UInt64(hash) &>> UInt64(32 &- depth)) }

    /// The entries with a hash.
    public func matches(of hash: UInt32) -> Matches? {
        guard let directory = unsafe directory else { return nil }
        let page = unsafe ScorePage(directory[slot(of: hash)])
        let first = page.countBelow(hash)
        var end = first
        let hashes = unsafe page.hashes
        while unsafe end < page.count && hashes[end] == hash { end &+= 1 }
        guard first < end else { return nil }
        return Matches(page: page, hash: hash, range: first..<end)
    }

    /// Hands out the entries whose hashes begin with those of a range of 32-bit hashes that starts at
    /// `hash`, page by page, until `count` have been handed out.
    ///
    /// - Returns: where to go on, 0 when everything has been visited.
    public func scan(from hash: UInt32, count: Int, _ body: (UInt32, Double) -> Void) -> UInt32 {
        guard let directory = unsafe directory else { return 0 }
        var hash = hash
        var left = count
        while true {
            let page = unsafe ScorePage(directory[slot(of: hash)])
            for index in page.countBelow(hash)..<page.count {
                unsafe body(page.hashes[index], page.scores[index])
                left -= 1
            }
            // The first hash behind the page; 0 behind the last.
            let shift = UInt64(32 - page.depth)
            let next = ((UInt64(hash) >> shift) + 1) << shift
            hash = UInt32(truncatingIfNeeded: next)
            if next > UInt64(UInt32.max) { return 0 }
            if left <= 0 { return hash }
        }
    }
}
