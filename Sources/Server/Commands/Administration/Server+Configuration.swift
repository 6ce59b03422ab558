import Bytes
import Commands
import Configuration
import Keyspace
import Persistence
import Platform

// CONFIG SET and REWRITE. A change is made on a copy of the settings, carried to those who keep a
// part of it, and then to the world; when the world refuses, everything is put back.
extension Server {
    /// What a change does beyond the settings, in the order in which it is done. What comes last
    /// is the hardest to take back.
    private enum Effect: CaseIterable {
        case defragmentation, directory, clientsMax, encryption, addresses, port, encryptedPort
        case title, purging, log, password

        /// The effect of a directive, if it has one.
        init?(_ name: String) {
            switch name {
            case "activedefrag": self = .defragmentation
            case "dir": self = .directory
            case "maxclients": self = .clientsMax
            case "bind": self = .addresses
            case "port": self = .port
            case "tls-port": self = .encryptedPort
            case "tls-cert-file", "tls-key-file", "tls-key-file-pass", "tls-ca-cert-file",
                "tls-ca-cert-dir", "tls-dh-params-file", "tls-protocols", "tls-ciphers",
                "tls-ciphersuites", "tls-prefer-server-ciphers", "tls-session-caching",
                "tls-session-cache-size", "tls-session-cache-timeout":
                self = .encryption
            case "proc-title-template": self = .title
            case "jemalloc-bg-thread": self = .purging
            case "appendonly": self = .log
            case "requirepass": self = .password
            default: return nil
            }
        }
    }

    /// Sets directives, all of them or none.
    ///
    /// - Parameter isLocal: whether who asks is on this machine.
    func change(
        _ pairs: [(name: ByteString, value: ByteString)], isLocal: Bool
    ) throws(CommandError) {
        let change: SettingsChange
        do throws(SettingsChange.Failure) {
            change = try SettingsChange(
                pairs, of: configuration.settings,
                permissions: SettingsChange.Permissions(
                    isLoading: care.contains(.loading),
                    allowsProtected: allows(
                        configuration.settings.process.protectedConfigs, isLocal: isLocal)))
        } catch {
            guard let reply = error.reply else {
                throw .text("LOADING Redis is loading the dataset in memory")
            }
            throw .composed(reply)
        }
        let former = configuration.settings
        configuration.settings = change.settings
        applySettings()
        try takeEffect(of: change.changed, former: former)
        warnAboutMemory(former: former)
        for directive in change.changed {
            if let warning = directive.warning(in: configuration.settings) {
                log.warning("WARNING: \(warning)")
            }
        }
    }

    /// Tells the log that a limit of memory was set below what is used.
    private func warnAboutMemory(former: Settings) {
        let limit = configuration.settings.memory.max
        guard limit > 0, limit != former.memory.max, usedMemory > limit else { return }
        log.warning(
            "WARNING: the new maxmemory value set via CONFIG SET (\(limit)) is smaller than the "
                + "current memory usage (\(usedMemory)). This will result in key eviction and/or "
                + "the inability to accept new write commands depending on the maxmemory-policy.")
    }

    /// Whether something risky is allowed to a client.
    func allows(_ permission: Permission, isLocal: Bool) -> Bool {
        permission == .yes || (permission == .local && isLocal)
    }

    private func takeEffect(
        of changed: [Directive], former: Settings
    ) throws(CommandError) {
        var done: [Effect] = []
        // The files that it was made of may be others by now.
        let formerEncryption = encryption.context
        for effect in Effect.allCases {
            guard let cause = changed.first(where: { Effect($0.name) == effect }) else { continue }
            guard let reason = take(effect) else {
                done.append(effect)
                continue
            }
            log.warning(
                "Failed applying new configuration. Possibly related to new \(cause.name) setting. "
                    + "Restoring previous settings.")
            configuration.settings = former
            applySettings()
            encryption.context = formerEncryption
            // What failed may have been done in part.
            for effect in [effect] + done.reversed() where effect != .encryption {
                if let reason = take(effect) {
                    log.warning("Failed to restore the former settings: \(reason)")
                }
            }
            throw .composed(
                "ERR CONFIG SET failed (possibly related to argument '\(cause.name)') - \(reason)")
        }
    }

    /// Carries a part of the settings to the world.
    ///
    /// - Returns: why it cannot be done; everything is then as it was.
    private func take(_ effect: Effect) -> String? {
        switch effect {
        case .defragmentation:
            guard configuration.settings.memory.defragments else { return nil }
            return
                "Active defragmentation cannot be enabled: it requires a Redis server compiled "
                + "with a modified Jemalloc like the one shipped by default with the Redis source "
                + "distribution"
        case .directory: return moveToDirectory()
        case .clientsMax: return raiseLimitOfClients()
        case .addresses:
            if !listenAnew([.tcp, .tls]) { return "Failed to bind to specified addresses." }
        case .port:
            if !listenAnew([.tcp]) { return "Unable to listen on this port. Check server logs." }
        case .encryption:
            if !renewEncryption() {
                return "Unable to update TLS configuration. Check server logs."
            }
        case .encryptedPort:
            if encryption.context == nil || port(of: .tls) == 0, !renewEncryption() {
                return "Unable to update TLS configuration. Check server logs."
            }
            if !listenAnew([.tls]) { return "Unable to listen on this port. Check server logs." }
        case .title: setTitle()
        case .purging:
            world.process.setBackgroundPurging(configuration.settings.process.allocatorHasThread)
        case .log:
            return configuration.settings.appendOnly.isEnabled ? turnLogOn() : turnLogOff()
        case .password:
            // Last, since what it replaces could not be put back. It cannot fail.
            access.defaultUser.rights.setOnlyPassword(configuration.settings.security.password)
            noteRights()
        }
        return nil
    }

    private func raiseLimitOfClients() -> String? {
        let wanted = UInt64(configuration.settings.clients.countMax + Self.reservedFiles)
        let limit = world.process.raiseOpenFileLimit(to: wanted)
        guard limit.current < wanted else { return nil }
        let possible = max(0, Int(limit.current) - Self.reservedFiles)
        return "The operating system is not able to handle the specified number of clients, "
            + "try with \(possible)"
    }

    // MARK: REWRITE

    /// Writes the settings in force to the configuration file, which is replaced as a whole.
    ///
    /// - Parameter isForced: whether directives with their default values are written, too.
    func rewriteConfiguration(forcing isForced: Bool = false) throws(CommandError) {
        guard let path = configuration.file else {
            throw .text("ERR The server is running without a config file")
        }
        do throws(IOError) {
            let text = try rewrittenConfiguration(of: path, forcing: isForced)
            try text.withSlice { (slice) throws(IOError) in
                try world.fileSystem.replaceFile(at: path, with: slice)
            }
        } catch {
            log.warning("CONFIG REWRITE failed: \(error.message)")
            throw .composed("ERR Rewriting config file: \(error.message)")
        }
        log.notice("CONFIG REWRITE executed with success.")
    }

    private func rewrittenConfiguration(
        of path: String, forcing isForced: Bool
    ) throws(IOError) -> ByteString {
        var old: ByteString = ""
        do throws(IOError) {
            old = try world.fileSystem.contents(of: path)
        } catch {
            guard error.isNotFound else { throw error }
        }
        return old.withSlice {
            ConfigurationRewriter.rewrite(
                $0, to: configuration.settings, forcing: isForced, loaded: configuration.loaded,
                users: usersToWrite)
        }
    }

    /// The users as words of the configuration; none when they have a file of their own.
    private var usersToWrite: [ByteString] {
        guard configuration.settings.security.usersFile.isEmpty else { return [] }
        return access.sorted.map(\.line)
    }

    // MARK: RESETSTAT

    /// Begins the counters of `INFO` anew.
    func resetStatistics() {
        let peak = statistics.peakMemory
        statistics = ServerStatistics()
        statistics.peakMemory = peak
        rates.removeAll()
        table.resetStatistics()
        keyspace.shared.value.hits = 0
        keyspace.shared.value.misses = 0
        keyspace.shared.value.expired = 0
        keyspace.shared.value.expiryCyclesCutShort = 0
        keyspace.shared.value.evicted = 0
        eviction.resetStatistics(now: world.clock.monotonicMicroseconds)
        persistence.saves = 0
        persistence.rewrites = 0
        persistence.delayedSyncsBefore = persistence.appendLog?.delayedSyncs ?? 0
    }
}
