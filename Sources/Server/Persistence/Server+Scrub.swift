import Configuration
import Persistence
import Platform

// The scrub: the files of the log are read again in the background, and what is damaged is written
// anew while the data is still in memory.
extension Server {
    enum ScrubRequest { case started, scheduled }

    /// Begins a pass, or as soon as the files are not being changed; nothing when one is under way.
    func requestScrub() -> ScrubRequest? {
        guard persistence.scrub.running == nil, !persistence.scrub.isRequested else { return nil }
        persistence.scrub.isRequested = true
        beginScrub()
        return persistence.scrub.running == nil ? .scheduled : .started
    }

    /// Goes on with what the scrub asks for, in each round.
    func followScrub() {
        let rate = configuration.settings.appendOnly.scrubRate
        guard let appendLog = persistence.appendLog, appendLog.phase != .off else {
            persistence.scrub.isRequested = false
            return endScrub()
        }
        if let running = persistence.scrub.running {
            if rate > 0 { running.setRate(UInt64(rate)) }
            if let outcome = running.outcome { end(outcome, of: appendLog) }
        } else if persistence.scrub.isRequested
            || (rate > 0 && clock.monotonicMicroseconds >= persistence.scrub.nextPass)
        {
            beginScrub()
        }
        repairIfDue(appendLog)
    }

    private func beginScrub() {
        guard let files = persistence.appendLog?.scrubFiles, persistence.snapshot == nil else {
            return
        }
        let rate = configuration.settings.appendOnly.scrubRate
        let polling = polling
        persistence.scrub.isRequested = false
        persistence.scrub.nextPass = clock.monotonicMicroseconds + ScrubState.passInterval
        persistence.scrub.running = LogScrub(
            files, rate: UInt64(rate > 0 ? rate : ScrubState.requestedRate), in: world
        ) { polling.wakeUp() }
        log.verbose("Scrubbing \(files.count) files of the append-only log")
    }

    /// Ends a pass under way without a result.
    func endScrub() {
        persistence.scrub.running?.cancel()
        persistence.scrub.running = nil
    }

    private func end(_ outcome: LogScrub.Outcome, of appendLog: AppendLog) {
        guard case .finished(let report) = outcome else {
            persistence.scrub.running = nil
            return
        }
        if let damage = report.damage {
            // What is listed is known when the tail is at home; then it is looked at again.
            guard let isListed = appendLog.lists(damage.name) else { return }
            persistence.scrub.running = nil
            guard isListed else { return }
            persistence.scrub.damage = damage
            log.warning(
                "The scrub has found damage in the append-only log: \(damage.text). The data in "
                    + "memory is whole, and a rewrite puts it on the disk anew.")
        } else {
            persistence.scrub.running = nil
            persistence.scrub.damage = nil
            persistence.scrub.repairsTried = 0
            log.verbose(
                "The scrub has found the append-only log intact: \(report.verified) bytes agree "
                    + "with their checksums, \(report.unverified) have none")
        }
        persistence.scrub.last = (report, world.clock.wallMilliseconds)
    }

    /// Has a damaged file replaced.
    private func repairIfDue(_ appendLog: AppendLog) {
        guard persistence.scrub.damage != nil, !persistence.isRewriteScheduled, !isRewriting,
            appendLog.phase == .on, appendLog.health == .healthy,
            persistence.scrub.repairsTried < ScrubState.repairsTriedMax
        else { return }
        persistence.scrub.repairsTried += 1
        persistence.isRewriteScheduled = true
        if persistence.scrub.repairsTried == ScrubState.repairsTriedMax {
            log.warning(
                "This is the last rewrite that damage starts by itself until a scrub finds none. "
                    + "Look at the disk.")
        }
    }

    /// A rewrite is finished: what it replaced is damaged no more.
    func noteRepaired() {
        guard let damage = persistence.scrub.damage,
            persistence.appendLog?.lists(damage.name) != true
        else { return }
        persistence.scrub.damage = nil
        persistence.scrub.repairs += 1
        log.notice("The damaged file \(damage.name) was replaced by the rewrite.")
    }
}
