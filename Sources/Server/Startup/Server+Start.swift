import Bytes
import Configuration
import Keyspace
import Persistence
import Platform

extension Server {
    /// Everything between a configuration that was read and the first client: claims the data
    /// directory, listens, loads, and only then is ready.
    func start() throws(StartupFailure) {
        do throws(StartupFailure) {
            try prepare()
            persistence.lastSave = clock.wallSeconds
            identity.startedMonotonic = clock.monotonicSeconds
            identity.startupMemory = world.process.memory().allocated
            try listen()
            try load()
            startIOThreads()
            announceReady()
        } catch {
            isStopping = true
            exitStatus = error.status
            stopListening()
            throw error
        }
    }

    private func prepare() throws(StartupFailure) {
        let process = world.process
        let settings = configuration.settings
        process.handleSignals(waking: polling)
        if settings.process.logsCrashes {
            process.reportCrashes(
                of: "Ledgerstone \(ProductVersion.ledgerstone)",
                to: settings.logging.file.isEmpty ? nil : settings.logging.file)
        }
        tellBanner()
        for warning in configuration.loaded.warnings { log.warning("WARNING: \(warning)") }
        try renameCommands()
        try loadUsers()
        try prepareEncryption()
        raiseFileLimit()
        warnAboutMachine()
        try lockDirectory()
        try writePidFile()
        log.notice("Server initialized")
        setTitle()
    }

    /// A line that scripts read the process's number from, and who we are.
    private func tellBanner() {
        let process = world.process
        log.notice("oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo")
        log.notice(
            "Ledgerstone version=\(ProductVersion.ledgerstone), Redis version=\(ProductVersion.redis), bits=64, "
                + "pid=\(process.identifier), just started")
        if configuration.file != nil {
            log.notice("Configuration loaded")
        } else {
            log.warning(
                "Warning: no config file specified, using the default config. In order to specify "
                    + "a config file use ledgerstone-server /path/to/redis.conf")
        }
        log.notice(
            "Ledgerstone \(ProductVersion.ledgerstone) (Redis \(ProductVersion.redis)) Running in standalone "
                + "mode, Port: \(shownPort), PID: \(process.identifier)")
    }

    /// The port that stands for the server: the plain one, if there is one.
    private var shownPort: Int {
        let settings = configuration.settings
        return settings.network.port > 0 ? settings.network.port : settings.tls.port
    }

    private func prepareEncryption() throws(StartupFailure) {
        guard renewEncryption() else {
            log.warning("Failed to configure TLS. Check logs for more info.")
            throw StartupFailure(status: 1)
        }
    }

    private func renameCommands() throws(StartupFailure) {
        for renamed in configuration.loaded.renamedCommands {
            let outcome = renamed.name.withSlice { name in
                renamed.newName.withSlice { table.rename(name, to: $0) }
            }
            switch outcome {
            case true?: continue
            case false?: log.warning("No such command in rename-command: \(renamed.name.text)")
            case nil: log.warning("Target command name already exists: \(renamed.newName.text)")
            }
            throw StartupFailure(status: 1)
        }
    }

    /// Descriptors that are not for clients: files, listeners, polling.
    static let reservedFiles = 32

    private func raiseFileLimit() {
        let wanted = configuration.settings.clients.countMax + Self.reservedFiles
        let limit = world.process.raiseOpenFileLimit(to: UInt64(wanted))
        guard limit.current < UInt64(wanted) else { return }
        let possible = max(1, Int(limit.current) - Self.reservedFiles)
        log.warning(
            "You requested maxclients of \(configuration.settings.clients.countMax) requiring at "
                + "least \(wanted) max file descriptors.")
        log.warning(
            "Current maximum open files is \(limit.current). maxclients has been reduced to "
                + "\(possible) to compensate for low ulimit.")
        configuration.settings.clients.countMax = possible
    }

    private func warnAboutMachine() {
        let host = world.process.host()
        if host.overcommit == 0 {
            log.warning(
                "WARNING Memory overcommit must be enabled! Ledgerstone does not fork, so a "
                    + "snapshot needs no second copy of memory; but large allocations may fail "
                    + "under memory pressure. Set vm.overcommit_memory = 1.")
        }
        let backlog = configuration.settings.network.backlog
        if let most = world.network.backlogMax, most < backlog {
            log.warning(
                "WARNING: The TCP backlog setting of \(backlog) cannot be enforced because "
                    + "/proc/sys/net/core/somaxconn is set to the lower value of \(most).")
        }
    }

    /// Claims the data directory, so that no two servers write the same files.
    ///
    /// A directory that cannot be written is not claimed: nobody can write it. The operator is
    /// told now instead of at the first save.
    private func lockDirectory() throws(StartupFailure) {
        let directory = configuration.settings.storage.directory
        let outcome: FileLockOutcome
        do throws(IOError) {
            outcome = try world.fileSystem.lock(inDirectory(Self.lockName))
        } catch {
            log.warning(
                "WARNING: The data directory \(directory) cannot be written by this user: "
                    + "\(error.message). Nothing can be saved there.")
            return
        }
        switch outcome {
        case .acquired(let lock): directoryLock = lock
        case .held(let holder):
            let name = holder.map { " (process \($0))" } ?? ""
            log.warning(
                "The data directory \(directory) is in use by another server\(name). Stop that "
                    + "server, or start this one with another 'dir'.")
            throw StartupFailure(status: 1)
        }
    }

    static let lockName = ".ledgerstone.lock"

    private func writePidFile() throws(StartupFailure) {
        let process = configuration.settings.process
        guard process.isDaemon || !process.pidFile.isEmpty else { return }
        let text = ByteString("\(world.process.identifier)\n")
        do throws(IOError) {
            let file = try world.fileSystem.open(pidFilePath, .replace)
            try text.withSlice { (slice) throws(IOError) in try file.writeAll(slice) }
            file.close()
        } catch {
            log.warning("Failed to write PID file: \(error.message)")
        }
    }

    func setTitle() {
        let settings = configuration.settings
        guard settings.process.setsTitle else { return }
        let address = settings.network.bind.first ?? "*"
        let port = shownPort > 0 ? "\(address):\(shownPort)" : settings.network.unixSocket
        _ = world.process.setTitle(
            settings.process.titleTemplate
                .replacing("{title}", with: "ledgerstone-server")
                .replacing("{listen-addr}", with: port)
                .replacing("{server-mode}", with: "")
                .replacing("{port}", with: String(settings.network.port))
                .replacing("{tls-port}", with: String(settings.tls.port))
                .replacing("{unixsocket}", with: settings.network.unixSocket)
                .replacing("{config-file}", with: configuration.file ?? ""))
    }

    /// Clients are served from here on; scripts and supervisors wait for this.
    private func announceReady() {
        for listener in listeners {
            guard let path = listener.path else { continue }
            log.notice("The server is now ready to accept connections at unix socket at \(path)")
        }
        for kind in Listener.Kind.allCases where listeners.contains(where: { $0.kind == kind }) {
            log.notice("Ready to accept connections \(kind.rawValue)")
        }
        let supervision = configuration.settings.process.supervision
        guard supervision == .systemd || supervision == .auto else { return }
        _ = world.process.notifySupervisor("STATUS=Ready to accept connections\nREADY=1\n")
    }
}

extension String {
    /// The text with every occurrence of a word replaced.
    fileprivate func replacing(_ word: String, with other: String) -> String {
        var result = ""
        var rest = self[...]
        while let start = rest.range(of: word) {
            result += rest[..<start.lowerBound]
            result += other
            rest = rest[start.upperBound...]
        }
        return result + rest
    }
}

extension Substring {
    /// Where a word first stands.
    fileprivate func range(of word: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(word) {
                return start..<index(start, offsetBy: word.count)
            }
            start = index(after: start)
        }
        return nil
    }
}
