import Bytes
import Platform
import Testing

// The limit ends a wait that would never end; all tests run beside each other, so it is generous.
@Suite(.kernelTimeLimit) struct KernelNetworkTests {
    let network = KernelNetwork()
    let polling: EpollPolling

    init() throws { polling = try EpollPolling() }

    /// Waits until the socket is ready for something.
    private func wait(for socket: Int32, _ interest: PollInterest) throws {
        try polling.add(socket, token: 1, interest: interest)
        defer { polling.remove(socket) }
        var events = PollEvents(capacity: 4)
        while events.count == 0 { polling.wait(timeoutMicroseconds: 1_000_000, into: &events) }
        #expect(events[0].token == 1)
        #expect(events[0].ready.isSuperset(of: interest))
    }

    private func connectedPair(
        over address: SocketAddress, listener: Int32
    ) throws -> (client: Int32, server: AcceptedSocket) {
        let client = try network.connect(to: address)
        try wait(for: listener, .readable)
        let server = try #require(try network.accept(listener))
        try wait(for: client, .writable)
        #expect(network.takeError(of: client) == 0)
        #expect(try network.accept(listener) == nil)
        return (client, server)
    }

    private func exchange(_ client: Int32, _ server: Int32) throws {
        var buffer = ByteBuffer()
        let wouldBlock = -Int(SystemCode.wouldBlock)
        #expect(network.receive(server, into: &buffer, upTo: 100) == wouldBlock)
        #expect("PING".withSlice { network.send(client, $0) } == 4)
        try wait(for: server, .readable)
        #expect(network.receive(server, into: &buffer, upTo: 100) == 4)
        #expect(buffer.bytes == "PING")
        network.close(client)
        try wait(for: server, .readable)
        #expect(network.receive(server, into: &buffer, upTo: 100) == 0)
        network.close(server)
    }

    @Test(arguments: ["127.0.0.1", "localhost", "*"])
    func speaksOverIPv4(host: String) throws {
        let listener = try network.listen(on: .tcp(address: host, port: 0), backlog: 16)
        defer { network.close(listener) }
        let port = network.port(of: listener)
        let (client, server) = try connectedPair(
            over: .tcp(address: "127.0.0.1", port: port), listener: listener)
        #expect(server.local == "127.0.0.1:\(port)")
        #expect(server.peer.hasPrefix("127.0.0.1:"))
        #expect(server.isLoopback)
        network.setNoDelay(server.socket)
        network.setKeepAlive(server.socket, seconds: 300)
        try exchange(client, server.socket)
    }

    @Test func speaksOverIPv6() throws {
        guard let listener = try? network.listen(on: .tcp(address: "::1", port: 0), backlog: 16)
        else { return }
        defer { network.close(listener) }
        let port = network.port(of: listener)
        let (client, server) = try connectedPair(
            over: .tcp(address: "::1", port: port), listener: listener)
        #expect(server.local == "[::1]:\(port)")
        #expect(server.isLoopback)
        try exchange(client, server.socket)
    }

    @Test func speaksOverAUnixSocketAndReplacesAStaleOne() throws {
        let scratch = try ScratchDirectory()
        let address = SocketAddress.unix(path: scratch["socket"], permissions: 0o700)
        network.close(try network.listen(on: address, backlog: 1))
        let listener = try network.listen(on: address, backlog: 16)
        defer { network.close(listener) }
        #expect(try scratch.files.status(of: scratch["socket"])?.permissions == 0o700)
        #expect(try scratch.files.status(of: scratch["socket"])?.kind == .socket)
        let (client, server) = try connectedPair(over: address, listener: listener)
        #expect(server.isUnix)
        #expect(server.local == scratch["socket"] + ":0")
        try exchange(client, server.socket)
    }

    @Test func aPortIsTakenOnce() throws {
        let listener = try network.listen(on: .tcp(address: "127.0.0.1", port: 0), backlog: 16)
        defer { network.close(listener) }
        let error = #expect(throws: IOError.self) {
            let port = network.port(of: listener)
            _ = try network.listen(on: .tcp(address: "127.0.0.1", port: port), backlog: 16)
        }
        #expect(error?.code == SystemCode.addressInUse)
    }

    @Test func refusesWhatIsNoAddress() throws {
        #expect(throws: IOError.self) {
            _ = try network.listen(on: .tcp(address: "999.1.1.1", port: 0), backlog: 16)
        }
        #expect(throws: IOError.self) {
            let path = String(repeating: "x", count: 200)
            _ = try network.listen(on: .unix(path: path, permissions: 0), backlog: 16)
        }
    }

    @Test func aSocketThatNobodyReadsTakesOnlySoMuch() throws {
        let listener = try network.listen(on: .tcp(address: "127.0.0.1", port: 0), backlog: 16)
        defer { network.close(listener) }
        let address = SocketAddress.tcp(address: "127.0.0.1", port: network.port(of: listener))
        let (client, server) = try connectedPair(over: address, listener: listener)
        let chunk = [UInt8](repeating: 7, count: 1 << 20)
        var sent = 0
        while true {
            let count = chunk.withSlice { network.send(server.socket, $0) }
            if count < 0 {
                #expect(count == -Int(SystemCode.wouldBlock))
                break
            }
            sent += count
        }
        #expect(sent > 0)
        network.close(client)
        network.close(server.socket)
    }
}
