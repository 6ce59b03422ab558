import Bytes

/// What is asked of `ledgerstone-check-rdb`.
struct RDBRequest {
    enum Mode: Equatable {
        case check
        case report
        case keys
        case diff
        case toCommands
        case toJSON
        case salvage(String)
    }

    /// The largest number of keys that a report names.
    private static let largestMax: UInt64 = 10_000

    let mode: Mode
    let isJSON: Bool
    let pattern: ByteString?
    let largestCount: Int
    let paths: [String]

    init(_ arguments: ToolArguments) throws(ToolFailure) {
        let modes = ["--report", "--diff", "--to-commands", "--to-json", "--salvage"]
        try arguments.atMostOne(of: modes)
        isJSON = arguments.has("--json")
        pattern = arguments["--keys"].map { ByteString($0) }
        paths = arguments.operands
        if arguments.has("--report") {
            mode = .report
        } else if arguments.has("--diff") {
            mode = .diff
        } else if arguments.has("--to-commands") {
            mode = .toCommands
        } else if arguments.has("--to-json") {
            mode = .toJSON
        } else if let target = arguments["--salvage"] {
            guard !target.isEmpty else { throw .usage("--salvage needs the name of what to write") }
            guard pattern == nil else { throw .usage("--salvage takes every key, not a pattern") }
            mode = .salvage(target)
        } else {
            mode = pattern == nil ? .check : .keys
        }
        let largest = try arguments.number("--largest")
        if largest != nil, mode != .report { throw .usage("--largest goes with --report") }
        guard largest ?? 0 <= Self.largestMax else {
            throw .usage("--largest names at most \(Self.largestMax) keys")
        }
        largestCount = Int(largest ?? 10)
        let wanted = mode == .diff ? 2 : 1
        guard paths.count == wanted else {
            throw .usage(
                wanted == 2
                    ? "--diff compares two files" : "exactly one file or directory is to be named")
        }
    }
}
