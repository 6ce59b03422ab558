import Bytes
import CPlatform

/// Where an element stands; valid until the table changes.
@safe
public struct TablePlace {
    let page: TablePage
    let index: Int
    let hash: UInt64
}

extension PackedTable {
    /// The reference of the segment of a hash.
    func segment(of hash: UInt64) -> DirectoryWord {
        let depth = topDepth
        guard depth > 0 else { return directory }
        return unsafe directory.directory.places[
            Int(truncatingIfNeeded: hash &>> UInt64(64 &- depth))]
    }

    /// The index in a segment's directory to which a hash leads.
    static func index(of hash: UInt64, in segment: DirectoryWord) -> Int {
        // A shift by 64 is not a shift by 0 to the processor, hence the two steps.
        let rest = hash &<< UInt64(truncatingIfNeeded: segment.localDepth)
        return Int(
            truncatingIfNeeded: (rest &>> 1)
                &>> UInt64(truncatingIfNeeded: 63 &- segment.depth))
    }

    /// The reference of the page of a hash.
    func page(of hash: UInt64) -> DirectoryWord {
        let segment = segment(of: hash)
        return unsafe segment.directory.places[Self.index(of: hash, in: segment)]
    }

    /// Where an element is, if it is there.
    public func place(of key: TableKey) -> TablePlace? {
        let page = page(of: key.hash).page
        guard let index = page.find(key) else { return nil }
        return TablePlace(page: page, index: index, hash: key.hash)
    }

    public subscript(place: TablePlace) -> TableEntry { place.page.entry(place.index) }

    /// The element of a key, lent until the table changes.
    public func find(_ key: TableKey) -> TableEntry? {
        let page = page(of: key.hash).page
        return page.find(key).map { page.entry($0) }
    }

    public func contains(_ key: TableKey) -> Bool { page(of: key.hash).page.find(key) != nil }

    /// Asks the processor to fetch what a search reads first of the page of a hash: its tags, and
    /// the sizes behind them.
    public func prefetch(_ hash: UInt64) {
        let page = unsafe page(of: hash).node.address
        unsafe ls_prefetch(page)
        unsafe ls_prefetch(page + 64)
    }

    /// An element drawn evenly; the table is not empty.
    ///
    /// A page is met as often as it has places in a directory of the largest depth, so it is taken
    /// with the inverse of that; then one of so many slots as the fullest page may have.
    ///
    /// - Parameter random: gives 64 random bits a call.
    public func randomEntry(_ random: () -> UInt64) -> TableEntry {
        precondition(!isEmpty)
        let deepest = UInt64(deepest)
        let slots = UInt64(fullest)
        while true {
            let bits = random()
            let word = page(of: bits)
            let below: UInt64 = 1 << (deepest - UInt64(word.localDepth))
            guard bits & (below - 1) == 0 else { continue }
            let page = word.page
            let slot = Int(random().multipliedFullWidth(by: slots).high)
            if slot < page.count { return page.entry(slot) }
        }
    }
}
