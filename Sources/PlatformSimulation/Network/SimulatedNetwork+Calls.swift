import Bytes
import Platform
import Synchronization

extension SimulatedNetwork {
    public func listen(on address: SocketAddress, backlog: Int) throws(IOError) -> Int32 {
        let outcome = state.withLock { state -> Int32 in
            var address = address
            if case .tcp(let host, 0, let mark) = address {
                address = .tcp(address: host, port: state.nextPort, mark: mark)
                state.nextPort += 1
            }
            if case .tcp = address,
                state.listeners.values.contains(where: { $0.address == address })
            {
                return -SystemCode.addressInUse
            }
            let socket = state.newSocket()
            state.listeners[socket] = Listener(address: address, backlog: max(1, backlog))
            return socket
        }
        if outcome < 0 {
            throw IOError(code: -outcome, operation: .listen, path: Self.text(of: address))
        }
        return outcome
    }

    public func port(of listener: Int32) -> UInt16 {
        state.withLock { state in
            guard case .tcp(_, let port, _)? = state.listeners[listener]?.address else { return 0 }
            return port
        }
    }

    public func connect(to address: SocketAddress) throws(IOError) -> Int32 {
        let outcome = state.withLock { state -> Int32 in
            guard
                let listener = state.listeners.first(where: { $0.value.accepts(address) })?.key,
                let backlog = state.listeners[listener]?.backlog,
                let waiting = state.listeners[listener]?.waiting.count, waiting < backlog
            else { return -SystemCode.connectionRefused }
            let client = state.newSocket()
            let server = state.newSocket()
            var isUnix = false
            var place = Self.text(of: address)
            if case .unix(let path, _, _) = address {
                isUnix = true
                place = path + ":0"
            }
            let own = isUnix ? place : "127.0.0.1:\(50_000 + Int(client) % 10_000)"
            state.ends[client] = End(local: own, isUnix: isUnix, peer: server)
            state.ends[server] = End(local: place, isUnix: isUnix, peer: client)
            state.listeners[listener]?.waiting.append(server)
            return client
        }
        if outcome < 0 {
            throw IOError(code: -outcome, operation: .connect, path: Self.text(of: address))
        }
        return outcome
    }

    static func text(of address: SocketAddress) -> String {
        switch address {
        case .tcp(let host, let port, _): "\(host):\(port)"
        case .unix(let path, _, _): path
        }
    }

    public func accept(_ listener: Int32) throws(IOError) -> AcceptedSocket? {
        let outcome = state.withLock { state -> Result<AcceptedSocket?, IOError> in
            guard let socket = state.listeners[listener]?.waiting.first else {
                return .success(nil)
            }
            let acceptedCount = state.ends.count / 2
            if acceptedCount > state.socketCountMax {
                return .failure(
                    IOError(code: SystemCode.tooManyFiles, operation: .listen, path: "accept"))
            }
            state.listeners[listener]?.waiting.removeFirst()
            guard let end = state.ends[socket] else { return .success(nil) }
            let peer = state.ends[end.peer]?.local ?? end.local
            return .success(
                AcceptedSocket(
                    socket: socket, peer: peer, local: end.local, isUnix: end.isUnix,
                    isLoopback: true))
        }
        return try outcome.get()
    }

    public func receive(_ socket: Int32, into buffer: inout ByteBuffer, upTo count: Int) -> Int {
        let outcome = state.withLock { state -> (bytes: [UInt8], code: Int) in
            guard let end = state.ends[socket] else {
                return ([], -Int(SystemCode.badDescriptor))
            }
            if end.error != 0 { return ([], -Int(end.error)) }
            if end.arrived.isEmpty {
                let isOver = end.isFinished || end.isShutDown
                return ([], isOver ? 0 : -Int(SystemCode.wouldBlock))
            }
            let taken = state.fragment(of: min(count, end.arrived.count))
            state.ends[socket]?.arrived.removeFirst(taken)
            return (Array(end.arrived.prefix(taken)), taken)
        }
        outcome.bytes.withSlice { buffer.append($0) }
        return outcome.code
    }

    public func send(_ socket: Int32, _ bytes: ByteSlice) -> Int {
        let array = bytes.array
        return state.withLock { state in
            guard let end = state.ends[socket] else { return -Int(SystemCode.badDescriptor) }
            if end.error != 0 { return -Int(end.error) }
            guard !end.isShutDown, let other = state.ends[end.peer], !other.isShutDown else {
                return -Int(SystemCode.brokenPipe)
            }
            let room = other.roomMax - other.arrived.count
            if room <= 0, !array.isEmpty { return -Int(SystemCode.wouldBlock) }
            let count = state.fragment(of: min(room, array.count))
            state.ends[end.peer]?.arrived += array.prefix(count)
            return count
        }
    }

    public func takeError(of socket: Int32) -> Int32 {
        state.withLock { state in
            defer { state.ends[socket]?.error = 0 }
            return state.ends[socket]?.error ?? 0
        }
    }

    /// Ends a connection as a reset does: what has arrived at the other end is lost.
    public func reset(_ socket: Int32) {
        state.withLock { state in
            guard let end = state.ends.removeValue(forKey: socket) else { return }
            state.ends[end.peer]?.arrived = []
            state.ends[end.peer]?.isFinished = true
            state.ends[end.peer]?.error = SystemCode.connectionReset
        }
    }

    public func shutdown(_ socket: Int32) {
        state.withLock { state in
            guard let end = state.ends[socket] else { return }
            state.ends[socket]?.isShutDown = true
            state.ends[end.peer]?.isFinished = true
        }
    }

    public func close(_ socket: Int32) {
        state.withLock { state in
            if let listener = state.listeners.removeValue(forKey: socket) {
                for waiting in listener.waiting { state.finish(waiting) }
            } else {
                state.finish(socket)
            }
        }
    }

    public func setNoDelay(_ socket: Int32) {}
    public func setKeepAlive(_ socket: Int32, seconds: Int) {}
    public var backlogMax: Int? { nil }
}

extension SimulatedNetwork.State {
    mutating func finish(_ socket: Int32) {
        guard let end = ends.removeValue(forKey: socket) else { return }
        ends[end.peer]?.isFinished = true
    }
}

extension SimulatedNetwork.Listener {
    /// Whether who calls an address arrives here.
    func accepts(_ called: SocketAddress) -> Bool {
        switch (address, called) {
        case (.tcp(let own, let port, _), .tcp(let host, let wanted, _)):
            port == wanted && (own == host || own == "*" || own == "0.0.0.0" || own == "::*")
        case (.unix(let own, _, _), .unix(let path, _, _)): own == path
        default: false
        }
    }
}
