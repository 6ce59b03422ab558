/// The best victims among all keys that were sampled lately, best last.
///
/// A sample of a few keys alone is a poor choice. So the best of each sample stay here and compete
/// with those of the next ones, as in Redis. A candidate is known by the hash of its key, so that
/// keeping it copies nothing: of one that is gone meanwhile nothing is found, and that is all.
public struct EvictionPool {
    public static let countMax = 16

    /// A key that was sampled.
    public struct Candidate: Equatable, Sendable {
        /// The higher, the better a victim.
        public var score: UInt64
        public var hash: UInt64
        /// Index of its database.
        public var database: Int

        public init(score: UInt64, hash: UInt64, database: Int) {
            self.score = score
            self.hash = hash
            self.database = database
        }

        func isSameKey(as other: Candidate) -> Bool {
            hash == other.hash && database == other.database
        }
    }

    /// In the order of their scores.
    public private(set) var candidates: [Candidate] = []

    public init() { candidates.reserveCapacity(Self.countMax + 1) }

    /// Whether a key with this score has a chance to stay here.
    public func wants(_ score: UInt64) -> Bool {
        candidates.count < Self.countMax || score > candidates[0].score
    }

    /// Takes a candidate in if there is room or it is better than the worst, which then goes. A key
    /// that is here already keeps its place under its new score.
    public mutating func offer(_ candidate: Candidate) {
        if let index = candidates.firstIndex(where: { $0.isSameKey(as: candidate) }) {
            candidates.remove(at: index)
        } else if candidates.count == Self.countMax {
            guard candidate.score > candidates[0].score else { return }
            candidates.remove(at: 0)
        }
        var index = candidates.count
        while index > 0, candidates[index - 1].score >= candidate.score { index -= 1 }
        candidates.insert(candidate, at: index)
    }

    /// The best candidate, which leaves the pool.
    public mutating func takeBest() -> Candidate? { candidates.popLast() }

    public mutating func removeAll() { candidates.removeAll(keepingCapacity: true) }

    /// The order and the bound of the pool.
    public func checkInvariants() {
        precondition(candidates.count <= Self.countMax)
        for index in candidates.indices.dropFirst() {
            precondition(candidates[index - 1].score <= candidates[index].score)
        }
    }
}
