import Bytes
import CPlatform
import Glibc

/// The kernel's sockets.
public final class KernelNetwork: Network {
    public init() {}

    // MARK: Opening

    public func listen(on address: SocketAddress, backlog: Int) throws(IOError) -> Int32 {
        switch address {
        case .tcp(let host, let port, let mark):
            let place = "\(host):\(port)"
            let target = try resolve(host, port, .listen, place)
            let socket = try open(target.family, mark, .listen, place)
            _ = ls_set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1)
            if target.family == AF_INET6 {
                _ = ls_set_option(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1)
            }
            try bindAndListen(socket, target, backlog, place)
            return socket
        case .unix(let path, let permissions, let mark):
            let target = try unixAddress(path, .listen)
            // A socket file outlives its server; whoever still listens on it keeps its connections.
            _ = unsafe unlink(path)
            let socket = try open(AF_UNIX, mark, .listen, path)
            try bindAndListen(socket, target, backlog, path)
            if permissions != 0 { _ = unsafe chmod(path, mode_t(permissions)) }
            return socket
        }
    }

    public func connect(to address: SocketAddress) throws(IOError) -> Int32 {
        let target: KernelAddress
        let place: String
        switch address {
        case .tcp(let host, let port, _):
            place = "\(host):\(port)"
            target = try resolve(host, port, .connect, place)
        case .unix(let path, _, _):
            place = path
            target = try unixAddress(path, .connect)
        }
        let socket = try open(target.family, 0, .connect, place)
        let result = unsafe target.with { unsafe Glibc.connect(socket, $0, $1) }
        if result != 0, errno != EINPROGRESS {
            let code = errno
            close(socket)
            throw IOError(code: code, operation: .connect, path: place)
        }
        return socket
    }

    private func resolve(
        _ host: String, _ port: UInt16, _ operation: IOError.Operation, _ place: String
    ) throws(IOError) -> KernelAddress {
        let (address, code) = KernelAddress.resolve(
            host, port: port, toListen: operation == .listen)
        if code != 0 { throw IOError(code: code, operation: operation, path: place) }
        return address
    }

    private func unixAddress(
        _ path: String, _ operation: IOError.Operation
    ) throws(IOError) -> KernelAddress {
        guard let address = KernelAddress(unixPath: path) else {
            throw IOError(code: ENAMETOOLONG, operation: operation, path: path)
        }
        return address
    }

    private func open(
        _ family: Int32, _ mark: UInt32, _ operation: IOError.Operation, _ place: String
    ) throws(IOError) -> Int32 {
        let socket = ls_socket(family)
        if socket < 0 { throw IOError(code: -socket, operation: operation, path: place) }
        let marked = mark == 0 ? 0 : ls_set_mark(socket, mark)
        if marked < 0 {
            close(socket)
            throw IOError(code: -marked, operation: operation, path: place)
        }
        return socket
    }

    private func bindAndListen(
        _ socket: Int32, _ target: KernelAddress, _ backlog: Int, _ place: String
    ) throws(IOError) {
        let isBound = unsafe target.with { unsafe bind(socket, $0, $1) } == 0
        guard isBound, Glibc.listen(socket, Int32(clamping: backlog)) == 0 else {
            let code = errno
            close(socket)
            throw IOError(code: code, operation: .listen, path: place)
        }
    }

    public func port(of listener: Int32) -> UInt16 { localAddress(of: listener).port }

    private func localAddress(of socket: Int32) -> KernelAddress {
        var address = KernelAddress()
        _ = unsafe address.withMutable { unsafe getsockname(socket, $0, &$1) }
        return address
    }

    public func accept(_ listener: Int32) throws(IOError) -> AcceptedSocket? {
        while true {
            var peer = KernelAddress()
            let socket = unsafe peer.withMutable { unsafe ls_accept(listener, $0, &$1) }
            if socket >= 0 { return describe(socket, peer) }
            switch -socket {
            case EAGAIN: return nil
            // The other side has gone meanwhile; the next one may be waiting.
            case EINTR, ECONNABORTED, EPROTO: continue
            default: throw IOError(code: -socket, operation: .listen, path: "accept")
            }
        }
    }

    private func describe(_ socket: Int32, _ peer: KernelAddress) -> AcceptedSocket {
        let local = localAddress(of: socket)
        if local.family == AF_UNIX {
            let place = local.unixPath + ":0"
            return AcceptedSocket(
                socket: socket, peer: place, local: place, isUnix: true, isLoopback: true)
        }
        return AcceptedSocket(
            socket: socket, peer: peer.text, local: local.text, isUnix: false,
            isLoopback: peer.isLoopback)
    }

    // MARK: Traffic

    public func receive(_ socket: Int32, into buffer: inout ByteBuffer, upTo count: Int) -> Int {
        unsafe buffer.appendFilled(upTo: count) { target in
            let received = unsafe recv(socket, target.baseAddress, target.count, 0)
            return received < 0 ? -Int(errno) : received
        }
    }

    public func send(_ socket: Int32, _ bytes: ByteSlice) -> Int {
        let sent = unsafe Glibc.send(socket, bytes.start, bytes.count, Int32(MSG_NOSIGNAL))
        return sent < 0 ? -Int(errno) : sent
    }

    // MARK: Settings and the end

    public func takeError(of socket: Int32) -> Int32 {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size)
        return code
    }

    public func setNoDelay(_ socket: Int32) {
        _ = ls_set_option(socket, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    }

    public func setKeepAlive(_ socket: Int32, seconds: Int) {
        _ = ls_set_option(socket, SOL_SOCKET, SO_KEEPALIVE, seconds > 0 ? 1 : 0)
        guard seconds > 0 else { return }
        // A silent other side is given up after twice the time: three probes in thirds of it.
        let level = Int32(IPPROTO_TCP)
        let time = Int32(clamping: seconds)
        _ = ls_set_option(socket, level, TCP_KEEPIDLE, time)
        _ = ls_set_option(socket, level, TCP_KEEPINTVL, max(1, time / 3))
        _ = ls_set_option(socket, level, TCP_KEEPCNT, 3)
    }

    public func shutdown(_ socket: Int32) { _ = Glibc.shutdown(socket, Int32(SHUT_RDWR)) }

    public func close(_ socket: Int32) { _ = Glibc.close(socket) }

    public var backlogMax: Int? { KernelText.number(at: "/proc/sys/net/core/somaxconn") }
}
