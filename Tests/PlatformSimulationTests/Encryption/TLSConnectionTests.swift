import Bytes
import Platform
import PlatformSimulation
import Testing

@Suite struct TLSConnectionTests {
    static let wouldBlock = -Int(SystemCode.wouldBlock)

    /// A server's end and a client's, over a network that takes and gives pieces.
    final class Pair {
        let network = SimulatedNetwork()
        let socket: Int32
        let peer: EncryptedPeer
        var server: TLSConnection
        var received = ByteBuffer()

        init(
            _ verification: TLSVerification = .ignored, showing name: String? = nil,
            fragmenting seed: UInt64? = nil, change: (inout TLSOptions) -> Void = { _ in }
        ) throws {
            let address = SocketAddress.tcp(address: "127.0.0.1", port: 1)
            let listener = try network.listen(on: address, backlog: 1)
            peer = EncryptedPeer(try network.connect(to: address), through: network, showing: name)
            socket = try #require(try network.accept(listener)).socket
            if let seed { network.fragment(seed: seed) }
            var options = TLSConnectionTests.options
            change(&options)
            guard let made = TLSConnection(try TLSContext(options), verification) else {
                throw TLSError("no memory")
            }
            server = made
        }

        var isEstablished: Bool { server.isEstablished }
        var isOver: Bool { server.isOver }
        var failure: String? { server.failure }
        var hasUnsent: Bool { server.hasUnsent }

        func receive(upTo count: Int = 16 << 10) -> Int {
            server.receive(from: socket, through: network, into: &received, upTo: count)
        }

        func send(_ bytes: [UInt8]) -> Int {
            bytes.withSlice { server.send($0, to: socket, through: network) }
        }

        /// Lets both sides speak until the handshake is done or given up.
        func shakeHands() {
            for _ in 0..<10_000 where !(peer.isEstablished && server.isEstablished) {
                peer.shakeHands()
                _ = receive()
                _ = send([])
                if server.isOver { return peer.shakeHands() }
            }
        }
    }

    static var options: TLSOptions {
        var options = TLSOptions()
        options.certificateFile = EncryptedPeer.file("server.crt")
        options.keyFile = EncryptedPeer.file("server.key")
        options.authoritiesFile = EncryptedPeer.file("ca.crt")
        options.cachesSessions = false
        return options
    }

    @Test(arguments: [nil, 1, 2, 3] as [UInt64?])
    func exchangesBytes(seed: UInt64?) throws {
        let pair = try Pair(fragmenting: seed)
        pair.shakeHands()
        #expect(pair.peer.isEstablished)
        #expect(pair.isEstablished)
        let request = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        pair.peer.write(request)
        for _ in 0..<100_000 where pair.received.count < request.count {
            pair.peer.flush()
            _ = pair.receive()
        }
        #expect(pair.received.bytes.array == request)
        var sent = 0
        var answer: [UInt8] = []
        for _ in 0..<100_000 where answer.count < request.count {
            let count = pair.send(Array(request[sent...]))
            if count > 0 { sent += count }
            answer += pair.peer.read()
        }
        #expect(answer == request)
        let hasUnsent = pair.hasUnsent
        #expect(!hasUnsent)
    }

    /// All records of one receive come out of it, so that nothing is left that no poller tells of.
    @Test func leavesNothingBehind() throws {
        let pair = try Pair()
        pair.shakeHands()
        for number in 0..<200 { pair.peer.write([UInt8(number)]) }
        let count = pair.receive()
        #expect(count == 200)
        let more = pair.receive()
        #expect(more == Self.wouldBlock)
    }

    @Test func keepsWhatTheSocketDoesNotTake() throws {
        let pair = try Pair()
        pair.shakeHands()
        let bytes = [UInt8](repeating: 7, count: 4 << 20)
        var sent = 0
        while true {
            let count = pair.send(Array(bytes[sent...]))
            guard count > 0 else {
                #expect(count == Self.wouldBlock)
                break
            }
            sent += count
            #expect(sent < bytes.count, "the simulated socket takes only so much")
            guard sent < bytes.count else { return }
        }
        let hasUnsent = pair.hasUnsent
        #expect(hasUnsent)
        #expect(pair.peer.read().count <= sent)
        let flushed = pair.send([])
        #expect(flushed == 0)
    }

    @Test func tellsTheEndBehindTheLastBytes() throws {
        let pair = try Pair()
        pair.shakeHands()
        pair.peer.write([1, 2, 3])
        pair.peer.sayFarewell()
        let count = pair.receive()
        #expect(count == 3)
        #expect(pair.isOver)
        #expect(pair.failure == nil)
        let end = pair.receive()
        #expect(end == 0)
        pair.server.finish(to: pair.socket, through: pair.network)
    }

    @Test func refusesWhatIsNoRecord() throws {
        let early = try Pair()
        early.peer.writeRaw(Array("PING\r\n".utf8))
        let outcome = early.receive()
        #expect(outcome == -Int(SystemCode.protocolError))
        #expect(early.failure?.contains("error:") == true)

        let late = try Pair()
        late.shakeHands()
        late.peer.write([1])
        late.peer.writeRaw([23, 3, 3, 0, 20] + [UInt8](repeating: 9, count: 20))
        let count = late.receive()
        #expect(count == 1, "what came before is served")
        #expect(late.isOver)
        let end = late.receive()
        #expect(end == -Int(SystemCode.protocolError))
    }

    @Test func looksAtCertificates() throws {
        let cases: [(TLSVerification, String?, Bool)] = [
            (.required, nil, false), (.required, "stranger", false), (.required, "client", true),
            (.optional, nil, true), (.optional, "stranger", false), (.ignored, "stranger", true),
        ]
        for (verification, name, isAccepted) in cases {
            let pair = try Pair(verification, showing: name)
            pair.shakeHands()
            let isEstablished = pair.isEstablished
            #expect(isEstablished == isAccepted, "\(verification) \(name ?? "none")")
        }
    }

    @Test func readsALockedKey() throws {
        let pair = try Pair { options in
            options.keyFile = EncryptedPeer.file("locked.key")
            options.keyPassword = "secret"
        }
        pair.shakeHands()
        #expect(pair.isEstablished)
        for password in ["", "wrong"] {
            #expect(throws: TLSError.self) {
                _ = try Pair { options in
                    options.keyFile = EncryptedPeer.file("locked.key")
                    options.keyPassword = ByteString(password)
                }
            }
        }
    }

    @Test func saysWhatIsWrongWithOptions() {
        let cases: [(text: String, change: (inout TLSOptions) -> Void)] = [
            ("Failed to load certificate: /nowhere: error:", { $0.certificateFile = "/nowhere" }),
            ("Failed to load private key: ", { $0.keyFile = EncryptedPeer.file("client.key") }),
            ("Failed to configure CA certificate(s)", { $0.authoritiesFile = "/nowhere" }),
            ("Failed to configure ciphers: none-such", { $0.ciphers = "none-such" }),
            ("Failed to configure ciphersuites: none-such", { $0.cipherSuites = "none-such" }),
            ("failed to read DH params.", { $0.parametersFile = EncryptedPeer.file("ca.crt") }),
        ]
        for (text, change) in cases {
            var options = Self.options
            change(&options)
            let error = #expect(throws: TLSError.self) { _ = try TLSContext(options) }
            #expect(error?.message.contains(text) == true, "\(error?.message ?? "none")")
        }
    }
}
