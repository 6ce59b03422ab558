import Bytes
import Configuration
import Keyspace
import Platform

/// A socket on which connections arrive.
struct Listener {
    let socket: Int32
    /// The path of a Unix socket's file.
    let path: String?
    let kind: Kind

    /// What arrives there, by the names of `INFO`, in its order.
    enum Kind: String, CaseIterable { case tcp, unix, tls }
}

extension Server {
    /// Connections that one event of a listener accepts, so that a storm holds up nobody.
    private static let acceptsPerTurn = 1000

    func accept(at index: Int) {
        guard index < listeners.count else { return }
        for _ in 0..<Self.acceptsPerTurn {
            do throws(IOError) {
                guard let address = try world.network.accept(listeners[index].socket) else {
                    return
                }
                welcome(address, at: listeners[index].kind)
            } catch {
                log.warning("Accepting client connection: \(error.message)")
                return
            }
        }
    }

    /// Makes a client of a connection, or says why not and ends it.
    private func welcome(_ address: AcceptedSocket, at kind: Listener.Kind) {
        statistics.connections &+= 1
        let settings = configuration.settings
        if clients.count >= settings.clients.countMax {
            // Whoever waits for a handshake would not understand a word.
            turnAway(address, kind == .tls ? "" : "-ERR max number of clients reached\r\n")
            return
        }
        if kind != .tls, isProtected(from: address) {
            turnAway(address, Self.protectedModeRefusal)
            return
        }
        var connection: Reference<TLSConnection>?
        if kind == .tls {
            guard let context = encryption.context,
                let made = TLSConnection(context, settings.tls.authenticatesClients.verification)
            else { return turnAway(address, "") }
            connection = Reference(to: made)
        }
        world.network.setNoDelay(address.socket)
        if settings.network.keepAlive > 0, !address.isUnix {
            world.network.setKeepAlive(address.socket, seconds: settings.network.keepAlive)
        }
        let client = Reference(
            to: Client(
                identifier: clients.makeIdentifier(), socket: address.socket, address: address,
                encryption: connection, now: clock.monotonicSeconds))
        do throws(IOError) {
            try polling.add(address.socket, token: client.token, interest: .readable)
        } catch {
            log.warning("Error registering fd event for the new client: \(error.message)")
            world.network.close(address.socket)
            client.free()
            return
        }
        setDefaultUser(of: client)
        if address.isUnix { client.value.flags.insert(.unixSocket) }
        if address.isLoopback { client.value.flags.insert(.loopback) }
        clients.insert(client)
        log.verbose("Accepted \(address.peer)")
    }

    /// Whether connections from elsewhere are refused, as anybody could do anything.
    func isProtected(from address: AcceptedSocket) -> Bool {
        configuration.settings.network.isProtected && access.defaultUser.rights.isOpen
            && !address.isLoopback
    }

    /// Ends a connection with a last word, which is lost if the other side does not take it.
    private func turnAway(_ address: AcceptedSocket, _ text: StaticString) {
        if text.utf8CodeUnitCount > 0 { _ = world.network.send(address.socket, ByteSlice(text)) }
        world.network.close(address.socket)
        statistics.rejectedConnections &+= 1
    }

    static let protectedModeRefusal: StaticString = """
        -DENIED Redis is running in protected mode because protected mode is enabled and no \
        password is set for the default user. In this mode connections are only accepted from the \
        loopback interface. If you want to connect from external computers to Redis you may adopt \
        one of the following solutions: 1) Just disable protected mode sending the command \
        'CONFIG SET protected-mode no' from the loopback interface by connecting to Redis from the \
        same host the server is running, however MAKE SURE Redis is not publicly accessible from \
        internet if you do so. Use CONFIG REWRITE to make this change permanent. 2) Alternatively \
        you can just disable the protected mode by editing the Redis configuration file, and \
        setting the protected mode option to 'no', and then restarting the server. 3) If you \
        started the server manually just for testing, restart it with the '--protected-mode no' \
        option. 4) Set up an authentication password for the default user. NOTE: You only need to \
        do one of the above things in order for the server to start accepting connections from \
        the outside.\r\n
        """

    /// Lets a client go at the end of the turn; until then it is left alone.
    func closeSoon(_ client: Reference<Client>) {
        guard !client.value.flags.contains(.closesSoon) else { return }
        client.value.flags.insert(.closesSoon)
        closing.append(client)
    }

    /// Frees the clients that are to go.
    func freeClosing() {
        guard !closing.isEmpty else { return }
        for client in closing { free(client) }
        closing.removeAll(keepingCapacity: true)
    }

    private func free(_ client: Reference<Client>) {
        precondition(!client.value.flags.contains(.handedOver))
        if client.value.flags.contains(.hasOutput) {
            outputs.removeAll { $0 == client }
            recipients.removeAll { $0 == client }
        }
        if client.value.flags.contains(.monitor) { stopMonitoring(client) }
        stopWaiting(client)
        forgetRest(of: client)
        forgetSubscriptions(of: client)
        disableTracking(client)
        watchers.forget(client)
        forgetMemory(of: client)
        keyspace.shared.value.watchedCount = watchers.count
        clients.remove(client)
        polling.remove(client.value.socket)
        client.value.encryption?.value.finish(to: client.value.socket, through: world.network)
        world.network.close(client.value.socket)
        client.free()
    }

    /// Opens the listening sockets that the settings ask for.
    func listen() throws(StartupFailure) {
        let network = configuration.settings.network
        try listen(.tcp)
        if !network.unixSocket.isEmpty { try listenUnix(network) }
        try listen(.tls)
        if listeners.isEmpty {
            log.warning("Configured to not listen anywhere, exiting.")
            throw StartupFailure(status: 1)
        }
    }

    /// Listens on the addresses of the settings at the port of a kind, if it has one.
    private func listen(_ kind: Listener.Kind) throws(StartupFailure) {
        let port = port(of: kind)
        guard port > 0 else { return }
        let network = configuration.settings.network
        for binding in network.bind {
            let isOptional = binding.hasPrefix("-")
            let address = isOptional ? String(binding.dropFirst()) : binding
            do throws(IOError) {
                let socket = try world.network.listen(
                    on: .tcp(
                        address: address, port: UInt16(port),
                        mark: UInt32(network.socketMark)), backlog: network.backlog)
                try add(Listener(socket: socket, path: nil, kind: kind))
            } catch {
                log.warning(
                    "Warning: Could not create server TCP listening socket "
                        + "\(address):\(port): \(error.message)")
                if isOptional, SystemCode.isAddressUnavailable(error.code) { continue }
                log.warning("Failed listening on port \(port) (\(kind.rawValue)), aborting.")
                throw StartupFailure(status: 1)
            }
        }
    }

    /// The port that the settings give to a kind of listener; 0 is none.
    func port(of kind: Listener.Kind) -> Int {
        switch kind {
        case .tcp: configuration.settings.network.port
        case .tls: configuration.settings.tls.port
        case .unix: 0
        }
    }

    private func listenUnix(_ network: NetworkSettings) throws(StartupFailure) {
        do throws(IOError) {
            let socket = try world.network.listen(
                on: .unix(
                    path: network.unixSocket,
                    permissions: UInt16(network.unixSocketPermissions)),
                backlog: network.backlog)
            try add(Listener(socket: socket, path: network.unixSocket, kind: .unix))
        } catch {
            log.warning("Failed opening Unix socket: bind: \(error.message)")
            throw StartupFailure(status: 1)
        }
    }

    private func add(_ listener: Listener) throws(IOError) {
        try polling.add(
            listener.socket, token: ListenerToken.flag | UInt64(listeners.count),
            interest: .readable)
        listeners.append(listener)
    }

    /// Listens on the ports and addresses of the settings instead of the present ones.
    ///
    /// - Parameter kinds: `tcp`, `tls` or both; others go on as they are.
    /// - Returns: whether it could; if not, it listens on no port of these until it is asked again.
    func listenAnew(_ kinds: [Listener.Kind]) -> Bool {
        let former = listeners
        for listener in former where kinds.contains(listener.kind) {
            polling.remove(listener.socket)
            world.network.close(listener.socket)
        }
        listeners.removeAll()
        for listener in former where !kinds.contains(listener.kind) { keep(listener) }
        let keptCount = listeners.count
        do throws(StartupFailure) {
            for kind in kinds { try listen(kind) }
            return true
        } catch {
            for listener in listeners[keptCount...] {
                polling.remove(listener.socket)
                world.network.close(listener.socket)
            }
            listeners.removeSubrange(keptCount...)
            return false
        }
    }

    /// Goes on with a listener under its new place in the list.
    private func keep(_ listener: Listener) {
        polling.remove(listener.socket)
        do throws(IOError) {
            try add(listener)
        } catch {
            log.warning("Cannot go on listening at \(listener.kind.rawValue): \(error.message)")
            world.network.close(listener.socket)
        }
    }

    /// Closes the listening sockets and removes the file of a Unix socket.
    func stopListening() {
        for listener in listeners {
            polling.remove(listener.socket)
            world.network.close(listener.socket)
            if let path = listener.path { try? world.fileSystem.removeIfPresent(path) }
        }
        listeners.removeAll()
    }
}

/// A start that cannot go on; what was wrong has been logged.
struct StartupFailure: Error { let status: Int32 }
