import Configuration
import Persistence

// `aof-max-size`: a log that is as large as it may be is rewritten, and if that does not help the
// clients are told before the disk is full.
extension Server {
    /// Looks at the size of the log, in each round.
    func followLogSize() {
        guard let appendLog = persistence.appendLog, appendLog.phase == .on else {
            guard care.contains(.logFull) else { return }
            persistence.sizeLimit.reset()
            return followSizeRefusal(from: .growth)
        }
        let limit = UInt64(configuration.settings.appendOnly.sizeMax)
        let former = persistence.sizeLimit.refusal
        let size = appendLog.currentSize
        guard limit > 0 || former != .nothing else { return }
        // What a rewrite leaves is only looked at when it matters, and looks at the same state.
        var sizeLimit = persistence.sizeLimit
        let action = sizeLimit.decide(
            size: size, limit: limit, expected: sizeNeeded(for: .rewrite),
            isBusy: persistence.snapshot != nil || isRewriting,
            at: clock.monotonicMicroseconds)
        persistence.sizeLimit = sizeLimit
        if action == .beginRewrite { rewriteForSize(size, limit) }
        followSizeRefusal(from: former)
    }

    private func rewriteForSize(_ size: UInt64, _ limit: UInt64) {
        guard persistence.appendLog?.health == .healthy, hasRoom(for: .rewrite) else { return }
        log.notice(
            "Starting automatic rewriting of AOF, which has \(size) bytes; aof-max-size is \(limit)"
        )
        requestRewrite()
    }

    /// Lets dispatch refuse what is refused now, and tells when that changes.
    private func followSizeRefusal(from former: LogSizeLimit.Refusal) {
        let refusal = persistence.sizeLimit.refusal
        if refusal == .nothing {
            care.remove(.logFull)
        } else {
            care.insert(.logFull)
        }
        guard refusal != former else { return }
        switch refusal {
        case .nothing: log.notice("The append-only log may grow again; writes are accepted.")
        case .growth:
            log.warning(
                "The append-only log has reached aof-max-size and a rewrite has not made it "
                    + "smaller: commands that add data are refused. Delete data, or raise "
                    + "aof-max-size.")
        case .writes:
            log.warning(
                "The append-only log has twice the bytes that aof-max-size allows: every write but "
                    + "deletions is refused.")
        }
    }
}
