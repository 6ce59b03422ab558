/// How large the next snapshot will be, judged by the last one.
///
/// A data set keeps its kind for long: how many bytes of file a byte of memory became the last time
/// is what it becomes the next time, within a margin. Before anything was measured a file in RDB
/// format is taken for three quarters of the memory (which is what short strings need
/// without compression), and one of commands for all of it.
struct SnapshotEstimate: Equatable {
    /// Bytes of a file for a thousand bytes of data in memory.
    private var rdbPerThousand: UInt64 = 750
    private var commandsPerThousand: UInt64 = 1000

    /// Data sets below this are mostly fixed costs and teach nothing, in bytes.
    static let learnedSizeMin: UInt64 = 1 << 20
    /// Bytes that a file takes in any case.
    private static let fixedSize: UInt64 = 4096
    /// What is added for what the measurement cannot know: an eighth.
    private static let marginDivisor: UInt64 = 8

    /// Takes note of a file that was written or loaded.
    ///
    /// - Parameters:
    ///   - size: bytes of the file.
    ///   - dataset: bytes of the data in memory that it holds.
    mutating func learn(size: UInt64, dataset: UInt64, isRDB: Bool) {
        guard dataset >= Self.learnedSizeMin else { return }
        let ratio = size.multipliedReportingOverflow(by: 1000)
        guard !ratio.overflow else { return }
        let perThousand = max(1, ratio.partialValue / dataset)
        if isRDB { rdbPerThousand = perThousand } else { commandsPerThousand = perThousand }
    }

    /// Bytes of room that a snapshot of so much data needs, with a margin.
    func size(dataset: UInt64, isRDB: Bool) -> UInt64 {
        let perThousand = isRDB ? rdbPerThousand : commandsPerThousand
        let size = dataset / 1000 * perThousand + Self.fixedSize
        return size + size / Self.marginDivisor
    }
}
