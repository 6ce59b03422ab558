import Bytes
import Commands
import Configuration
import Keyspace
import Persistence
import Platform
import RESP

// Saving and loading inside of a command.
extension DebugCommand {
    static let files: [DebugCommand] = [
        DebugCommand(
            "reload", 0...3,
            help: [
                "RELOAD [MERGE] [NOFLUSH] [NOSAVE]",
                "    Saves the dump file and loads it again. NOSAVE loads the file that is there;",
                "    NOFLUSH keeps the present keys, of which MERGE lets those of the file win;",
                "    without MERGE a key that is in both ends the server.",
            ]
        ) { arguments, session throws(CommandError) in
            let options = try ReloadOptions(arguments)
            try session.server.reload(options)
            session.replies.ok()
        },
        DebugCommand(
            "loadaof", 0...0,
            help: [
                "LOADAOF", "    Makes the log durable, and loads the data from it again.",
            ]
        ) { _, session throws(CommandError) in
            let (replies, database) = (session.replies, session.database)
            defer {
                session.server.execution.replies = replies
                session.server.execution.database = database
                session.server.execution.records.removeAll()
            }
            try session.server.reloadLog()
            replies.ok()
        },
    ]
}

/// The words of DEBUG RELOAD.
struct ReloadOptions {
    var merges = false
    var flushes = true
    var saves = true

    init(_ arguments: Slices) throws(CommandError) {
        for index in 0..<arguments.count {
            if arguments[index].isWord("merge") {
                merges = true
            } else if arguments[index].isWord("noflush") {
                flushes = false
            } else if arguments[index].isWord("nosave") {
                saves = false
            } else {
                throw .text(
                    "ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.")
            }
        }
    }
}

extension Server {
    /// Saves the data set and loads it again.
    ///
    /// A file that was not just saved and verified is loaded beside the data first: what cannot be
    /// loaded leaves the data as it is.
    fileprivate func reload(_ options: ReloadOptions) throws(CommandError) {
        let failure = CommandError.text(
            "ERR Error trying to load the RDB dump, check server logs.")
        // Loading is no change that a snapshot under way would notice.
        finishSnapshot()
        if options.saves, !saveNow() { throw .text("ERR") }
        let path = inDirectory(configuration.settings.snapshot.filename)
        if !options.saves, !canLoad(path) { throw failure }
        persistence.isReloading = true
        defer { persistence.isReloading = false }
        if options.flushes {
            keyspace.flush(lazily: false)
            functions.flush()
        }
        do throws(LoadFailure) {
            try loadDump(path, merging: options.merges)
        } catch {
            endHalfLoaded(error)
        }
        // What was loaded from elsewhere is not in the log.
        let isInLog = options.saves && options.flushes
        if !isInLog, configuration.settings.appendOnly.isEnabled {
            persistence.isRewriteScheduled = true
        }
        noteAwaitedKeys()
        log.warning("DB reloaded by DEBUG RELOAD")
    }

    /// Loads a dump into a data set that is thrown away.
    private func canLoad(_ path: String) -> Bool {
        do throws(IOError) {
            let content = try world.fileSystem.map(path)
            let scratch = Keyspace(databaseCount: keyspace.databaseCount)
            scratch.shared.value.encodings = keyspace.shared.value.encodings
            var options = RDBLoader.Options()
            options.verifiesChecksum = verifiesChecksums
            var loader = RDBLoader(content.bytes, into: scratch, options: options)
            do throws(RDBError) {
                while try loader.proceed(size: 1 << 30) {}
                return true
            } catch {
                log.warning("Error reading the RDB file \(path): \(error)")
            }
        } catch {
            log.warning("Error opening the RDB file \(path): \(error.message)")
        }
        return false
    }

    /// Loads the data set from the log again.
    fileprivate func reloadLog() throws(CommandError) {
        let failure = CommandError.text(
            "ERR Error trying to load the AOF files, check server logs.")
        // What a transaction has changed so far is not in the log yet.
        guard !isInUnit else { throw failure }
        finishSnapshot()
        guard let appendLog = persistence.appendLog else { throw failure }
        flushExpiries()
        if let reason = appendLog.flush() {
            log.warning("Fail to fsync the AOF file: \(reason.lastError.message)")
            throw failure
        }
        var settings = recoverySettings
        settings.log.isEnabled = true
        guard let judgement = try? Judge.examine(world.fileSystem, settings),
            case .loadLog(let plan) = judgement.verdict
        else { throw failure }
        persistence.isReloading = true
        defer { persistence.isReloading = false }
        keyspace.flush(lazily: false)
        functions.flush()
        do throws(LoadFailure) {
            try loadLog(plan)
        } catch {
            endHalfLoaded(error)
        }
        log.warning("Append Only File loaded by DEBUG LOADAOF")
    }

    /// Half of a data set is never served: the files are whole, and a start loads them.
    private func endHalfLoaded(_ failure: LoadFailure) -> Never {
        for line in failure.logLines { log.warning(line) }
        log.warning("The data set is only loaded in part. Exiting.")
        world.process.exit(1)
    }
}
