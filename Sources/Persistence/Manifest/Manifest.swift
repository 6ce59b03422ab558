import Bytes

/// The list of the files that make up an append-only log: at most one base, the increments in the
/// order in which they are replayed, and the history, which only waits to be deleted.
///
/// A value: a change is made on a copy, the copy is persisted by `ManifestStore`, and only then it
/// takes the place of the original. `Manifest+Text.swift` describes the file.
public struct Manifest: Sendable, Equatable {
    public enum Kind: Sendable, Equatable { case base, history, increment }

    public struct Entry: Sendable, Equatable {
        /// A bare name inside `appenddirname`.
        public let name: String
        /// From 1; bases and increments count apart.
        public let sequence: Int64
        public let kind: Kind

        public init(name: String, sequence: Int64, kind: Kind) {
            precondition(sequence > 0)
            self.name = name
            self.sequence = sequence
            self.kind = kind
        }
    }

    public internal(set) var base: Entry?
    public internal(set) var increments: [Entry] = []
    public internal(set) var history: [Entry] = []
    /// The highest sequence numbers given so far; 0 before the first.
    public internal(set) var baseSequence: Int64 = 0
    public internal(set) var incrementSequence: Int64 = 0

    public init() {}

    /// A log that consists of files that were found or adopted.
    public init(base: Entry?, increments: [Entry]) {
        self.base = base
        self.increments = increments
        baseSequence = base?.sequence ?? 0
        incrementSequence = increments.last?.sequence ?? 0
        checkInvariants()
    }

    /// Whether no file is listed that is loaded.
    public var isEmpty: Bool { base == nil && increments.isEmpty }

    /// What is loaded, in order.
    public var loadedEntries: [Entry] { (base.map { [$0] } ?? []) + increments }

    public func checkInvariants() {
        precondition(base?.kind != .history)
        precondition(base?.kind != .increment)
        precondition(increments.allSatisfy { $0.kind == .increment })
        precondition(history.allSatisfy { $0.kind == .history })
        precondition(base.map { $0.sequence <= baseSequence } ?? true)
        precondition(increments.last.map { $0.sequence <= incrementSequence } ?? true)
        precondition(
            zip(increments, increments.dropFirst()).allSatisfy { $0.sequence < $1.sequence })
    }
}

extension Manifest {
    /// Lists a new last increment. A name that waits in the history for its file to be removed is
    /// passed over.
    public mutating func addIncrement(_ names: AppendLogNames) -> Entry {
        repeat {
            incrementSequence += 1
        } while history.contains { $0.name == names.increment(incrementSequence) }
        let entry = Entry(
            name: names.increment(incrementSequence), sequence: incrementSequence, kind: .increment)
        increments.append(entry)
        checkInvariants()
        return entry
    }

    /// Replaces the base; what it covers becomes history.
    ///
    /// - Parameter firstKept: the sequence number of the first increment that the new base does not
    ///   cover; nothing when it covers them all.
    public mutating func replaceBase(
        _ names: AppendLogNames, isRDB: Bool, keepingIncrementsFrom firstKept: Int64?
    ) -> Entry {
        baseSequence += 1
        let entry = Entry(
            name: names.base(baseSequence, isRDB: isRDB), sequence: baseSequence, kind: .base)
        let isCovered = { (increment: Entry) in firstKept.map { increment.sequence < $0 } ?? true }
        let covered = (base.map { [$0] } ?? []) + increments.filter(isCovered)
        history += covered.map { Entry(name: $0.name, sequence: $0.sequence, kind: .history) }
        increments.removeAll(where: isCovered)
        base = entry
        checkInvariants()
        return entry
    }

    /// Lists an increment that is not in force as one that may be deleted, so that a start that
    /// finds its file knows that nothing depends on it.
    public mutating func announce(_ increment: Entry) {
        withdraw(increment)
        history.append(
            Entry(name: increment.name, sequence: increment.sequence, kind: .history))
    }

    /// Takes a file out of the history: before the increment that was announced comes into force, or
    /// when the file is gone.
    public mutating func withdraw(_ entry: Entry) {
        history.removeAll { $0.name == entry.name }
    }

    /// Never gives out a sequence number again that a file on the disk carries already.
    public mutating func skipSequences(base: Int64, increment: Int64) {
        baseSequence = max(baseSequence, base)
        incrementSequence = max(incrementSequence, increment)
    }
}
