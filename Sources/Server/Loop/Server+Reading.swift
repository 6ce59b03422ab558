import Bytes
import Commands
import Keyspace
import Platform
import RESP
import Structures

extension Server {
    /// Bytes that one read asks for; more when a long request has announced itself.
    private static let readSize = 16 << 10
    /// Free space that an idle query buffer may keep.
    private static let idleBufferMax = 32 << 10

    /// Receives from a client and executes what is complete.
    func read(_ client: Reference<Client>) {
        let missing = client.value.queryNeeded - client.value.query.count
        let size = min(max(Self.readSize, missing), readShare)
        let received = client.value.receive(upTo: size, through: world.network)
        statistics.reads &+= 1
        if client.value.encryption != nil { followTransport(of: client) }
        guard received > 0 else { return noteNothing(received, from: client) }
        client.value.flags.remove(.sendsMuch)
        client.value.lastInteraction = clock.monotonicSeconds
        client.value.bytesReceived &+= UInt64(received)
        statistics.bytesReceived &+= UInt64(received)
        if client.value.query.count > limits.queryBuffer {
            log.warning(
                "Closing client that reached max query buffer length: \(description(of: client))")
            statistics.queryBufferOverruns += 1
            return closeSoon(client)
        }
        followMemory(of: client)
        executeQuery(of: client)
        followMemory(of: client)
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
        while client.value.flags.isDisjoint(with: [.closesAfterReply, .closesSoon, .waiting]),
            client.value.query.count >= max(1, client.value.queryNeeded)
        {
            let requestLimits = RequestLimits(
                bulkCountMax: limits.bulkCount,
                isAuthenticated: !client.value.flags.contains(.mustAuthenticate))
            do throws(ProtocolError) {
                try batch.parse(client.value.query.bytes, requestLimits)
            } catch {
                refuse(client, error)
                break
            }
            let executed = executeBatch(of: client)
            // As in Redis, who asks for more than may wait for it is stopped before the rest is made.
            checkOutputLimit(client)
            // Nobody may have freed the client, but it may have been told to close.
            client.value.query.removeFirst(executed)
            client.value.queryNeeded = executed == batch.consumed ? batch.needed : 0
            if executed == 0 { break }
            if turnTime.isShareOver(at: lastTick) {
                putOffRest(of: client)
                break
            }
        }
        if client.value.query.isEmpty, client.value.query.capacity > Self.idleBufferMax {
            client.value.query.removeAllAndFree()
        }
    }

    /// Executes the parsed requests until one makes the client wait or its share is used up. Returns
    /// the bytes done with.
    private func executeBatch(of client: Reference<Client>) -> Int {
        let count = batch.count
        let isPrefetched = count > 1
        if isPrefetched { prefetch(for: client) }
        lastTick = TickCounter.now
        for index in 0..<count {
            execute(batch[index], hash: isPrefetched ? prefetchedHashes[index] : 0, of: client)
            if client.value.flags.isDisjoint(with: [.closesAfterReply, .closesSoon, .waiting]) {
                if turnTime.isShareOver(at: lastTick) { return batch.end(of: index) }
                continue
            }
            // A client that waits for room keeps the request that found none.
            return isRetrying(client)
                ? (index == 0 ? 0 : batch.end(of: index - 1)) : batch.end(of: index)
        }
        // Requests that were refused have not moved it.
        if count > 1 { lastTick = TickCounter.now }
        return batch.consumed
    }

    private func isRetrying(_ client: Reference<Client>) -> Bool {
        guard client.value.flags.contains(.waiting) else { return false }
        switch client.value.session.wait?.cause {
        case .pause, .snapshot, .log: return true
        default: return false
        }
    }

    /// Hashes the first key of each request of the batch and asks for its bucket, then for its
    /// entry, then for what hangs from that: with many keys most of a look-up's time is waiting for
    /// memory, and this way the waits overlap.
    private func prefetch(for client: Reference<Client>) {
        let database = keyspace[client.value.database]
        for index in 0..<batch.count {
            let arguments = batch[index].arguments
            var hash: UInt64 = 0
            // Nearly every command over keys has its first key here.
            if arguments.count > 1 {
                hash = KeyHash.hash(arguments[1])
                database.prefetchBucket(hash)
            }
            prefetchedHashes[index] = hash
        }
        for index in 0..<batch.count where prefetchedHashes[index] != 0 {
            database.prefetchEntry(prefetchedHashes[index])
        }
        var hasTables = false
        for index in 0..<batch.count where prefetchedHashes[index] != 0 {
            if database.prefetchValue(prefetchedHashes[index]) { hasTables = true }
        }
        guard hasTables else { return }
        for index in 0..<batch.count where prefetchedHashes[index] != 0 {
            let arguments = batch[index].arguments
            // Commands over one field or member have it here.
            guard arguments.count > 2 else { continue }
            database.prefetchElement(arguments[2], of: prefetchedHashes[index])
        }
    }

    /// Tells a client what is wrong with its request and closes it after that.
    private func refuse(_ client: Reference<Client>, _ error: ProtocolError) {
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
