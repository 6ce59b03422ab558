import Bytes
import Commands
import Keyspace
import Platform
import RESP

extension Server {
    /// Bytes that one read asks for; more when a long request has announced itself.
    private static let readSize = 16 << 10
    /// Free space that an idle query buffer may keep.
    private static let idleBufferMax = 32 << 10

    /// Receives from a client and executes what is complete.
    func read(_ client: Reference<Client>) {
        let size = receiveSize(of: client)
        let received = client.value.receive(upTo: size, through: world.network)
        guard takeOver(received, from: client) else { return }
        executeQuery(of: client)
        followMemory(of: client)
    }

    /// Bytes that the next read of a client asks for.
    func receiveSize(of client: Reference<Client>) -> Int {
        let missing = client.value.queryNeeded - client.value.query.count
        return min(max(Self.readSize, missing), readShare)
    }

    /// Looks at what a read of a client came to, whichever thread has made it.
    ///
    /// - Returns: whether there is something new in its query.
    func takeOver(_ received: Int, from client: Reference<Client>) -> Bool {
        statistics.reads &+= 1
        if client.value.encryption != nil { followTransport(of: client) }
        guard received > 0 else {
            noteNothing(received, from: client)
            return false
        }
        client.value.flags.remove(.sendsMuch)
        client.value.lastInteraction = clock.monotonicSeconds
        client.value.bytesReceived &+= UInt64(received)
        statistics.bytesReceived &+= UInt64(received)
        if client.value.query.count > limits.queryBuffer {
            log.warning(
                "Closing client that reached max query buffer length: \(description(of: client))")
            statistics.queryBufferOverruns += 1
            closeSoon(client)
            return false
        }
        followMemory(of: client)
        return true
    }

    /// What a client may send now.
    func requestLimits(of client: Reference<Client>) -> RequestLimits {
        RequestLimits(
            bulkCountMax: limits.bulkCount,
            isAuthenticated: !client.value.flags.contains(.mustAuthenticate))
    }

    /// Whether a client's next request may be executed.
    func mayExecute(_ client: Reference<Client>) -> Bool {
        client.value.flags.isDisjoint(with: [.closesAfterReply, .closesSoon, .waiting])
    }

    /// Closes a client that nothing can be received from, unless it is only not the time.
    private func noteNothing(_ received: Int, from client: Reference<Client>) {
        if received == -Int(SystemCode.wouldBlock) || received == -Int(SystemCode.interrupted) {
            return
        }
        if client.value.flags.contains(.handshaking) {
            noteFailedHandshake(received, of: client)
        } else if received < 0 {
            log.verbose("Reading from client: \(client.value.failure(received))")
        } else {
            log.verbose("Client closed connection \(description(of: client))")
        }
        closeSoon(client)
    }

    /// Executes the complete requests of a client's query buffer, as far as nothing holds it up.
    /// What is beyond its share of the turn is put off.
    func executeQuery(of client: Reference<Client>) {
        turnTime.beginShare()
        while mayExecute(client), client.value.query.count >= max(1, client.value.queryNeeded) {
            do throws(ProtocolError) {
                try requests.parse(client.value.query.bytes, requestLimits(of: client))
            } catch {
                refuse(client, error)
                break
            }
            if requests.count > 1 {
                requests.hashKeys()
                requests.prefetch(from: keyspace[client.value.database])
            }
            if executeRequests(of: client) == 0 { break }
            if turnTime.isShareOver(at: lastTick) {
                putOffRest(of: client)
                break
            }
        }
        if client.value.query.isEmpty, client.value.query.capacity > Self.idleBufferMax {
            client.value.query.removeAllAndFree()
        }
    }

    /// Executes the parsed requests until one makes the client wait or its share is used up, and takes
    /// what is done with from its query. Returns how many bytes that are.
    func executeRequests(of client: Reference<Client>) -> Int {
        let executed = executeBatch(of: client)
        // As in Redis, who asks for more than may wait for it is stopped before the rest is made.
        checkOutputLimit(client)
        // Nobody may have freed the client, but it may have been told to close.
        client.value.query.removeFirst(executed)
        client.value.queryNeeded =
            executed == requests.batch.consumed ? requests.batch.needed : 0
        return executed
    }

    private func executeBatch(of client: Reference<Client>) -> Int {
        lastTick = TickCounter.now
        for index in 0..<requests.count {
            execute(requests.batch[index], hash: requests.hash(at: index), of: client)
            if mayExecute(client) {
                if turnTime.isShareOver(at: lastTick) { return requests.batch.end(of: index) }
                continue
            }
            // A client that waits for room keeps the request that found none.
            return isRetrying(client)
                ? (index == 0 ? 0 : requests.batch.end(of: index - 1))
                : requests.batch.end(of: index)
        }
        // Requests that were refused have not moved it.
        if requests.count > 1 { lastTick = TickCounter.now }
        return requests.batch.consumed
    }

    private func isRetrying(_ client: Reference<Client>) -> Bool {
        guard client.value.flags.contains(.waiting) else { return false }
        switch client.value.session.wait?.cause {
        case .pause, .snapshot, .log: return true
        default: return false
        }
    }

    /// Tells a client what is wrong with its request and closes it after that.
    func refuse(_ client: Reference<Client>, _ error: ProtocolError) {
        let replies = ReplyWriter(client.value.replies)
        var text = ByteBuffer()
        text.append("ERR Protocol error: ")
        error.append(to: &text)
        replies.error(text.bytes)
        countError("ERR")
        log.verbose("\(text.bytes.text) from client: \(description(of: client))")
        client.value.flags.insert(.closesAfterReply)
        wantsToSend(client)
    }
}
