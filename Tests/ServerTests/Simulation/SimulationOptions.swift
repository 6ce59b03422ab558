import Configuration
import PlatformSimulation

/// What kind of session is simulated.
struct SimulationOptions: Sendable {
    var fsync = FsyncPolicy.always
    var hasChecksum = true
    var hasLog = true
    /// More directives, a line each.
    var directives: [[String]] = []
    var clientCount = 4
    var keysPerClient = 3
    /// Requests that one client has under way at the same time.
    var pendingMax = 4
    /// One in so many steps asks for a rewrite, or for a dump; 0 for none.
    var rewriteEvery: UInt64 = 40
    var saveEvery: UInt64 = 60
    /// Whether the disk may fail, so that requests may be refused.
    var hasFaults = false
    /// Whether an operator changes the log's policy and asks for rewrites, and whether that is
    /// also somebody who switches it off and on.
    var hasOperator = false
    var switchesLog = false
    /// Whether the clock on the wall jumps.
    var hasJumps = false
    /// Whether threads are stuck in the kernel for seconds, one at a time.
    var hasHangs = false

    var allDirectives: [[String]] {
        [
            ["appendonly", hasLog ? "yes" : "no"], ["appendfsync", fsync.rawValue],
            ["aof-checksum", hasChecksum ? "yes" : "no"], ["save", ""],
            ["stop-writes-on-bgsave-error", "no"], ["loglevel", "notice"],
        ] + directives
    }

    /// How badly power may treat the files: without checksums in the log a torn tail can only be
    /// told from damage when nothing follows it.
    var lossModel: PowerLossModel { hasChecksum ? .harsh : .ordered }
}
