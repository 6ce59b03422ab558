import Persistence

/// What is asked of `ledgerstone-check-aof`.
struct AOFRequest {
    enum Mode: Equatable {
        case check
        case fix
        case truncate(AOFLimit)
    }

    let mode: Mode
    let isJSON: Bool
    /// Whether questions are answered by yes.
    let isConfirmed: Bool
    /// Where a new set is to be written.
    let salvageTarget: String?
    let discardsUnverified: Bool

    /// - Returns: nothing when a value makes no sense, which has been said then.
    init?(_ arguments: ToolArguments, _ output: ToolOutput) throws(ToolFailure) {
        try arguments.atMostOne(
            of: ["--fix", "--truncate-to-timestamp", "--truncate-to-lsn", "--salvage"])
        isJSON = arguments.has("--json")
        isConfirmed = arguments.has("--yes")
        salvageTarget = arguments["--salvage"]
        discardsUnverified = arguments.has("--discard-unverified")
        if let text = arguments["--truncate-to-timestamp"] {
            guard let second = Int64(text), second >= 0 else {
                output.line("Invalid timestamp, aborting...")
                return nil
            }
            // As for Redis's tool, zero is no time.
            mode = second == 0 ? .check : .truncate(.timestamp(second))
        } else if let offset = try arguments.number("--truncate-to-lsn") {
            mode = .truncate(.logOffset(LogOffset(offset)))
        } else {
            mode = arguments.has("--fix") ? .fix : .check
        }
        if isConfirmed, mode != .fix { throw .usage("--yes goes with --fix") }
        if isJSON, mode == .fix, !isConfirmed { throw .usage("--fix with --json needs --yes") }
        if discardsUnverified, salvageTarget == nil {
            throw .usage("--discard-unverified goes with --salvage")
        }
        if salvageTarget == "" { throw .usage("--salvage needs the name of what to write") }
    }
}

/// Up to where a log is to be kept.
enum AOFLimit: Equatable {
    /// Seconds since 1970: what is behind the first later time line goes.
    case timestamp(Int64)
    /// What is behind the last record that ends there or before goes.
    case logOffset(LogOffset)

    var text: String {
        switch self {
        case .timestamp(let second): "timestamp \(second)"
        case .logOffset(let offset): "log offset \(offset.value)"
        }
    }
}
