import Bytes
import Commands
import Configuration
import Keyspace
import Persistence
import Platform
import RESP

/// Why a data set could not be loaded; the lines are the log's.
struct LoadFailure: Error {
    var logLines: [String]

    init(_ lines: String...) { logLines = lines }
}

extension Server {
    // MARK: RDB

    /// Loads a dump file.
    ///
    /// - Parameter merging: whether keys that are there give way.
    func loadDump(_ path: String, merging: Bool = false) throws(LoadFailure) {
        let start = world.clock.monotonicMicroseconds
        let content: any MappedFile
        do throws(IOError) {
            content = try world.fileSystem.map(path)
        } catch {
            throw LoadFailure("Fatal error: can't open the RDB file \(path): \(error.message)")
        }
        content.advise(.sequential, from: 0, count: content.bytes.count)
        beginLoading(totalBytes: UInt64(content.bytes.count))
        defer { endLoading() }
        try loadRDB(
            content.bytes, name: path, dropsExpired: true, loadedBefore: 0, merging: merging)
        log.notice("DB loaded from disk: \(seconds(since: start)) seconds")
    }

    /// Loads RDB bytes, serving clients in between.
    ///
    /// - Parameter loadedBefore: bytes of the whole that were loaded before these.
    func loadRDB(
        _ bytes: ByteSlice, name: String, dropsExpired: Bool, loadedBefore: UInt64,
        merging: Bool = false
    ) throws(LoadFailure) {
        var options = RDBLoader.Options()
        options.dropsExpiredBefore = dropsExpired ? clock.wallMilliseconds : nil
        options.verifiesChecksum = verifiesChecksums
        options.replacesKeys = merging
        var loader = RDBLoader(bytes, into: keyspace, options: options)
        let began = world.clock.monotonicMicroseconds
        do throws(RDBError) {
            while try loader.proceed(
                size: configuration.settings.snapshot.loadingEventsInterval,
                keys: keysPerPart)
            {
                noteAuxiliary(loader.auxiliary)
                serveWhileLoading(loadedBefore + UInt64(loader.offset))
                waitForKeyDelay(loader.counts.keysLoaded, since: began)
            }
        } catch {
            log.warning(error.loadingText)
            let refusal = Refusal(
                "Error reading the RDB file \(name), loading aborted", file: name,
                offset: error.offset, detail: error.reason.description,
                remedies: [
                    "Restore the file from a backup.",
                    "Copy the file, then run ledgerstone-check-rdb on it to see what is damaged and "
                        + "what can still be read.",
                ])
            for line in refusal.logLines.dropFirst() { log.warning(line) }
            throw LoadFailure(refusal.reason)
        }
        noteAuxiliary(loader.auxiliary)
        describe(loader.auxiliary)
        try loadFunctions(loader.functionLibraries, of: name, merging: merging)
        if loader.checksum == .disabled {
            log.notice("RDB file was saved with checksum disabled: no check performed.")
        }
        persistence.lastLoadKeysLoaded = loader.counts.keysLoaded
        persistence.lastLoadKeysExpired = loader.counts.keysExpired
        for key in loader.emptyKeys { log.notice("Skipped an empty key: \(key.text)") }
        let skipped = loader.counts.emptyKeysSkipped
        log.notice(
            "Done loading RDB, keys loaded: \(loader.counts.keysLoaded), keys expired: "
                + "\(loader.counts.keysExpired)"
                + (skipped > 0 ? ", empty keys skipped: \(skipped)." : "."))
    }

    /// Makes the libraries of functions that a file holds.
    private func loadFunctions(
        _ codes: [ByteString], of name: String, merging: Bool
    ) throws(LoadFailure) {
        for code in codes {
            do throws(CommandError) {
                try code.withSlice { code throws(CommandError) in
                    _ = try functions.load(code, replaces: merging, isBounded: false)
                }
            } catch {
                let text = error.withText { $0.text }
                log.warning("Failed creating a library of functions of \(name): \(text)")
                throw LoadFailure("Error reading the RDB file \(name), loading aborted")
            }
        }
    }

    /// Whether checksums of dumps are compared.
    var verifiesChecksums: Bool {
        configuration.settings.snapshot.hasChecksum && !persistence.skipsChecksums
    }

    /// Keys after which to look at the clients, when each of them is delayed.
    private var keysPerPart: Int {
        let delay = configuration.settings.snapshot.keyLoadDelay
        return delay == 0 ? .max : delay > 0 ? 1 : -delay
    }

    /// `key-load-delay`: waits as long as the keys that are loaded should have taken.
    private func waitForKeyDelay(_ keysLoaded: Int, since began: Int64) {
        let delay = KeyDelay(microseconds: configuration.settings.snapshot.keyLoadDelay)
        guard delay.microseconds != 0 else { return }
        while keysLoaded
            >= delay.keysAllowed(
                afterMicroseconds: world.clock.monotonicMicroseconds - began)
        {
            serveWhileLoading(persistence.loading?.loadedBytes ?? 0, waiting: 1000)
        }
    }

    private func noteAuxiliary(_ fields: [RDBFile.Auxiliary]) {
        guard persistence.loading?.usedMemory == 0,
            let field = fields.first(where: { $0.name == "used-mem" }),
            let size = UInt64(field.value.text)
        else { return }
        persistence.loading?.usedMemory = size
    }

    /// The lines that Redis tells of a file's notes about itself.
    private func describe(_ fields: [RDBFile.Auxiliary]) {
        for field in fields {
            switch field.name {
            case "redis-ver", "valkey-ver":
                log.notice("Loading RDB produced by version \(field.value.text)")
            case "ctime":
                let age = clock.wallSeconds - (Int64(field.value.text) ?? clock.wallSeconds)
                log.notice("RDB age \(max(0, age)) seconds")
            case "used-mem":
                let megabytes = (Double(field.value.text) ?? 0) / 1_048_576
                log.notice("RDB memory usage when created \(fixed(megabytes, 2)) Mb")
            case "aof-base" where field.value == "1": log.notice("RDB is base AOF")
            case let name where name.array.first == UInt8(ascii: "%"):
                log.notice("RDB '\(name.text)': \(field.value.text)")
            default: continue
            }
        }
    }

    // MARK: The log

    /// Loads the files of a log.
    func loadLog(_ plan: LogPlan) throws(LoadFailure) {
        let start = world.clock.monotonicMicroseconds
        beginLoading(totalBytes: UInt64(plan.totalSize))
        defer { endLoading() }
        let replayer = Replayer(self)
        defer { replayer.end() }
        var loader = LogLoader(plan, world.fileSystem)
        var fileStart = start
        var nextLook = configuration.settings.snapshot.loadingEventsInterval
        while true {
            switch try next(of: &loader) {
            case .end:
                let isEmpty = plan.totalSize == 0
                if !isEmpty {
                    log.notice(
                        "DB loaded from append only file: \(seconds(since: start)) seconds")
                }
                return
            case .dump(let content, let size, let file):
                log.notice("Reading RDB base file on AOF loading...")
                try loadRDB(
                    content.bytes[..<size], name: file.name, dropsExpired: false,
                    loadedBefore: UInt64(loader.loadedSize - size))
            case .records:
                try replayer.replay(&loader, of: loader.file?.name ?? "")
                persistence.loading?.loadedBytes = UInt64(loader.loadedSize)
                waitForKeyDelay(replayer.recordCount, since: start)
            case .endOfFile(let file):
                let kind = file.kind == .base ? "base" : "incr"
                log.notice(
                    "DB loaded from \(kind) file \(file.name): \(seconds(since: fileStart)) seconds"
                )
                fileStart = world.clock.monotonicMicroseconds
            }
            if loader.loadedSize >= nextLook {
                serveWhileLoading(UInt64(loader.loadedSize))
                nextLook =
                    loader.loadedSize + configuration.settings.snapshot.loadingEventsInterval
            }
        }
    }

    private func next(of loader: inout LogLoader) throws(LoadFailure) -> LogLoader.Part {
        do throws(LogLoadError) {
            return try loader.next()
        } catch {
            switch error {
            case .unreadable(let error):
                throw LoadFailure(
                    "Unrecoverable error reading the append only file \(error.path): "
                        + error.message)
            case .changed(let error, let path):
                throw LoadFailure(
                    "The append only file \(path) has changed while it was loaded: \(error)")
            }
        }
    }

    private func seconds(since start: Int64) -> String {
        fixed(Double(world.clock.monotonicMicroseconds - start) / 1_000_000, 3)
    }
}

/// A number with a fixed number of decimals.
func fixed(_ value: Double, _ decimals: Int) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 9e18 else { return String(value) }
    let digits = padded(Int(scaled), decimals + 1)
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return sign + digits }
    return sign + digits.dropLast(decimals) + "." + digits.suffix(decimals)
}
