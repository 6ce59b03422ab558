import Bytes
import Configuration
import Persistence
import Platform
import PlatformSimulation

// A small data set for the tests of the log: a list of numbers that only grows, 0, 1, 2 … A record
// adds one, and the database that it is for follows from it. So what a recovery finds is right if
// and only if it is a beginning of that list: a record that is lost, doubled, reordered or in the
// wrong database shows at once.

enum AppendLogModel {
    static let directory = "/data"

    static func database(of number: Int) -> Int { number / 3 % 3 }

    static func record(_ number: Int) -> [UInt8] {
        var buffer = ByteBuffer()
        // Some values are long enough to fill sectors.
        let filler = number % 7 == 0 ? String(repeating: "x", count: 700) : "x"
        buffer.appendRecord(["ADD", ByteString(String(number)), ByteString(filler)])
        return buffer.bytes.array
    }

    /// A base written as commands that holds the numbers below a count.
    static func base(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in 0..<count {
            bytes += select(database(of: number)) + record(number)
        }
        return bytes
    }

    static func select(_ database: Int) -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.appendRecord(["SELECT", ByteString(String(database))])
        return buffer.bytes.array
    }

    static func settings(_ change: (inout AppendOnlySettings) -> Void = { _ in })
        -> RecoverySettings
    {
        var log = Settings().appendOnly
        log.isEnabled = true
        change(&log)
        return RecoverySettings(
            log: log, directory: directory, dumpName: "dump.rdb", verifiesDumps: true)
    }
}

/// What a start found.
struct Recovery {
    var numbers: [Int] = []
    /// The counts of numbers at which groups ended.
    var groups: [Int] = []
    var refusal: Refusal?
    var recovered: RecoveredLog?
    var notices: [Notice] = []
    /// What is wrong with what was loaded.
    var complaint: String?
    var isConverted = false

    /// Judges, loads and, when asked, applies the plan.
    static func start(
        _ disk: SimulatedFileSystem, _ settings: RecoverySettings, isApplying: Bool = true
    ) throws -> Recovery {
        var result = Recovery()
        let judgement = try Judge.examine(disk, settings)
        result.notices = judgement.notices
        switch judgement.verdict {
        case .refuse(let refusal): result.refusal = refusal
        case .startEmpty: result.recovered = judgement.recovered
        case .loadDump, .convertDump:
            result.isConverted = true
            result.recovered = judgement.recovered
        case .loadLog(let plan):
            try result.load(plan, disk)
            if isApplying {
                result.recovered = try plan.apply(
                    disk, settings, at: 1_700_000_000, notify: { _ in })
            }
        }
        return result
    }

    private mutating func load(_ plan: LogPlan, _ disk: SimulatedFileSystem) throws {
        var loader = LogLoader(plan, disk)
        while true {
            switch try loader.next() {
            case .end:
                if loader.loadedSize != plan.totalSize {
                    complaint = "\(loader.loadedSize) of \(plan.totalSize) bytes were handed out"
                }
                return
            case .dump, .endOfFile: continue
            case .records:
                for index in 0..<loader.batch.count {
                    take(loader.batch[index].arguments, loader.batch.database(at: index))
                }
                if loader.batch.isGroup { groups.append(numbers.count) }
            }
        }
    }

    private mutating func take(_ arguments: Slices, _ database: Int) {
        guard arguments.count == 3, arguments[0] == "ADD",
            let number = arguments[1].integer.map({ Int($0) })
        else {
            complaint = "a record that nobody wrote"
            return
        }
        if number != numbers.count { complaint = "\(number) follows \(numbers.count) numbers" }
        if database != AppendLogModel.database(of: number) {
            complaint = "\(number) is in database \(database)"
        }
        numbers.append(number)
    }
}
