import Bytes
import Platform
import RESP
import Synchronization

/// What is to be done with one socket: to receive from it and parse, or to send to it.
///
/// The data thread fills it in and hands it over; then it belongs to whoever claims it, until it is
/// finished; then to the data thread again. What a client has sent is in the job meanwhile and not in
/// the client. Replies stay where they are: while they are sent, the data thread executes nothing.
struct IOJob: ~Copyable {
    private enum Work { case receive, send }

    private var work = Work.receive
    private var transport = ClientTransport(socket: -1)
    /// Whose socket; for the data thread.
    private(set) var client: Reference<Client>?

    /// What was received and not executed yet.
    private var query = ByteBuffer()
    private var size = 0
    private var needed = 0
    private var limits = RequestLimits(bulkCountMax: 0, isAuthenticated: false)
    /// What the network said.
    private(set) var received = 0
    private(set) var requests = ParsedRequests()
    private(set) var parsing = Parsing.none

    private var replies: Reference<ByteBuffer>?
    private(set) var sending = Sending(open: 0, upTo: 0)

    /// Whether the job is the data thread's again.
    let isFinished = Atomic<Bool>(false)

    /// What became of the received bytes.
    enum Parsing {
        /// They were not looked at: there was no reason to.
        case none
        case done
        case failed(ProtocolError)
    }

    // MARK: For the data thread

    /// Takes what is needed to receive from a client.
    mutating func receive(from client: Reference<Client>, upTo size: Int, _ limits: RequestLimits) {
        work = .receive
        transport = client.value.transport
        self.client = client
        swap(&query, &client.value.query)
        self.size = size
        // Nobody looks at the requests of a client that waits.
        needed = client.value.flags.contains(.waiting) ? .max : client.value.queryNeeded
        self.limits = limits
        parsing = .none
        isFinished.store(false, ordering: .relaxed)
    }

    /// Takes what is needed to send to a client.
    mutating func send(to client: Reference<Client>, _ sending: Sending) {
        work = .send
        transport = client.value.transport
        self.client = client
        replies = client.value.replies
        self.sending = sending
        isFinished.store(false, ordering: .relaxed)
    }

    /// Requests that were parsed.
    var parsedCount: Int {
        if case .done = parsing { return requests.count }
        return 0
    }

    /// Gives the client back what is its own.
    mutating func giveBack() {
        guard let client, work == .receive else { return }
        swap(&query, &client.value.query)
    }

    /// Exchanges the requests, which are slices of what the client was given back.
    mutating func exchange(_ requests: inout ParsedRequests) { swap(&self.requests, &requests) }

    // MARK: For whoever has claimed it

    mutating func perform(_ network: any Network) {
        switch work {
        case .receive: receive(network)
        case .send: if let replies { sending.proceed(transport, replies, network) }
        }
    }

    private mutating func receive(_ network: any Network) {
        received = transport.receive(into: &query, upTo: size, through: network)
        guard received > 0, query.count >= max(1, needed) else { return }
        do throws(ProtocolError) {
            try requests.parse(query.bytes, limits)
            requests.hashKeys()
            parsing = .done
        } catch {
            parsing = .failed(error)
        }
    }
}
