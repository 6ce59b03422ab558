import Bytes
import Platform
import PlatformSimulation
import Testing

@Suite struct SimulatedNetworkTests {
    let network = SimulatedNetwork()
    let address = SocketAddress.tcp(address: "127.0.0.1", port: 6379)

    private func pair() throws -> (client: SimulatedConnection, server: Int32) {
        let listener = try network.listen(on: address, backlog: 16)
        let client = try SimulatedConnection(to: address, over: network)
        let accepted = try #require(try network.accept(listener))
        #expect(accepted.local == "127.0.0.1:6379")
        return (client, accepted.socket)
    }

    @Test func bytesArriveInOrderAndTheEndAfterThem() throws {
        let (client, server) = try pair()
        var buffer = ByteBuffer()
        let wouldBlock = -Int(SystemCode.wouldBlock)
        #expect(network.receive(server, into: &buffer, upTo: 10) == wouldBlock)
        client.send("PING")
        client.close()
        #expect(network.receive(server, into: &buffer, upTo: 3) == 3)
        #expect(network.receive(server, into: &buffer, upTo: 3) == 1)
        #expect(network.receive(server, into: &buffer, upTo: 3) == 0)
        #expect(buffer.bytes == "PING")
        #expect("x".withSlice { network.send(server, $0) } == -Int(SystemCode.brokenPipe))
    }

    @Test func aSlowReaderBlocksTheSender() throws {
        let (client, server) = try pair()
        client.setReceiveRoom(4)
        #expect("abcdef".withSlice { network.send(server, $0) } == 4)
        #expect("ef".withSlice { network.send(server, $0) } == -Int(SystemCode.wouldBlock))
        #expect(client.received() == Array("abcd".utf8))
        #expect("ef".withSlice { network.send(server, $0) } == 2)
        network.close(server)
        #expect(!client.isClosedByServer)
        #expect(client.received() == Array("ef".utf8))
        #expect(client.isClosedByServer)
    }

    @Test func fragmentsKeepTheBytes() throws {
        network.fragment(seed: 3)
        let (client, server) = try pair()
        let text = (0..<200).map { String($0) }.joined()
        client.send(text)
        var buffer = ByteBuffer()
        var calls = 0
        while network.receive(server, into: &buffer, upTo: 1000) > 0 { calls += 1 }
        #expect(buffer.bytes.text == text)
        #expect(calls > 1)
    }

    @Test func aResetLosesWhatHadArrived() throws {
        let (client, server) = try pair()
        client.send("lost")
        client.reset()
        var buffer = ByteBuffer()
        let reset = -Int(SystemCode.connectionReset)
        #expect(network.receive(server, into: &buffer, upTo: 10) == reset)
        #expect(network.takeError(of: server) == SystemCode.connectionReset)
        #expect(network.receive(server, into: &buffer, upTo: 10) == 0)
    }

    @Test func refusesWhatNobodyServesAndWhatIsTaken() throws {
        let refused = #expect(throws: IOError.self) { _ = try network.connect(to: address) }
        #expect(refused?.code == SystemCode.connectionRefused)
        _ = try network.listen(on: address, backlog: 1)
        let taken = #expect(throws: IOError.self) {
            _ = try network.listen(on: address, backlog: 1)
        }
        #expect(taken?.code == SystemCode.addressInUse)
        _ = try network.connect(to: address)
        #expect(throws: IOError.self) { _ = try network.connect(to: address) }
    }

    @Test func pollingTellsWhoIsReady() throws {
        let polling = SimulatedPolling(of: network)
        var events = PollEvents(capacity: 8)
        let listener = try network.listen(on: address, backlog: 16)
        try polling.add(listener, token: 1, interest: .readable)
        polling.wait(timeoutMicroseconds: 0, into: &events)
        #expect(events.count == 0)

        var idleTime: Int64 = 0
        var clients: [SimulatedConnection] = []
        polling.whenIdle = { timeout in
            idleTime += timeout
            if let client = try? SimulatedConnection(to: address, over: network) {
                clients.append(client)
            }
        }
        polling.wait(timeoutMicroseconds: 700, into: &events)
        #expect(idleTime == 700)
        #expect(events.count == 1)
        #expect(events[0] == PollEvent(token: 1, ready: .readable))

        let server = try #require(try network.accept(listener)?.socket)
        try polling.add(server, token: 2, interest: [.readable, .writable])
        #expect(throws: IOError.self) {
            try polling.add(server, token: 2, interest: .readable)
        }
        polling.wait(timeoutMicroseconds: 0, into: &events)
        #expect(events[0] == PollEvent(token: 2, ready: .writable))
        try polling.modify(server, token: 3, interest: .readable)
        clients[0].send("x")
        polling.wait(timeoutMicroseconds: 0, into: &events)
        #expect(events[0] == PollEvent(token: 3, ready: .readable))
        polling.remove(server)

        // A bell that was rung ends the wait before anything else happens.
        polling.wakeUp()
        polling.wait(timeoutMicroseconds: -1, into: &events)
        #expect(events.count == 0)
        #expect(idleTime == 700)
    }
}
