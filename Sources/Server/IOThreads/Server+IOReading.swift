import Bytes
import Keyspace
import Platform
import RESP

// Reading by several threads: they receive and parse, the data thread executes.
extension Server {
    /// Clients whose requests are executed in a row once they are there, so that looking up their keys
    /// overlaps.
    private static let clientsInRow = 32

    /// Looks after the sockets that the poller has told of, with other threads.
    func serveEvents(by threads: IOThreads) {
        var next = 0
        while next < events.count, !isStopping {
            let count = handOver(from: &next, to: threads.round)
            if count > 0 { executeRound(of: count, threads) }
        }
    }

    /// Makes jobs of the clients that can be read, as many as a round may have; looks after the
    /// other sockets itself.
    private func handOver(from next: inout Int, to round: IORound) -> Int {
        var count = 0
        while next < events.count, count < IORound.countMax {
            let event = events[next]
            next += 1
            guard let client = reader(of: event) else {
                serve(event)
                continue
            }
            let size = receiveSize(of: client)
            round.jobs[count].value.receive(from: client, upTo: size, requestLimits(of: client))
            client.value.flags.insert(.handedOver)
            count += 1
            if event.isWritable { wantsToSend(client) }
        }
        return count
    }

    /// The client that an event asks to read from, unless it may have to be put off.
    private func reader(of event: PollEvent) -> Reference<Client>? {
        guard event.token & ListenerToken.flag == 0, event.isReadable,
            let client = Reference<Client>(token: event.token),
            client.value.flags.isDisjoint(
                with: [.closesSoon, .unfinished, .sendsMuch, .handshaking]),
            client.value.interest.contains(.readable)
        else { return nil }
        return client
    }

    private func executeRound(of count: Int, _ threads: IOThreads) {
        threads.beginReads(count)
        executeRest(of: threads)
        threads.finish()
        if threads.isActive { statistics.threadedReads &+= UInt64(count) }
        followMemory(of: threads.round)
    }

    /// Reads with the other threads, and executes what is there while they go on, to the end of the
    /// round. A script that takes long calls this from the middle of its own command, so that nobody
    /// waits for it whose bytes have been received.
    func executeRest(of threads: IOThreads) {
        let round = threads.round
        var finished = threads.taken
        while threads.taken < threads.count {
            while finished < threads.count, round.isFinished(finished) { finished += 1 }
            if finished - threads.taken < Self.clientsInRow, threads.performOne() { continue }
            if finished == threads.taken { round.wait(for: finished) }
            execute(upTo: finished, threads)
        }
    }

    /// Executes what several clients have sent, a batch's worth of requests at a time.
    private func execute(upTo end: Int, _ threads: IOThreads) {
        let jobs = threads.round.jobs
        while threads.taken < end {
            var next = threads.taken
            var count = 0
            repeat {
                count += jobs[next].value.parsedCount
                next += 1
            } while next < end && count + jobs[next].value.parsedCount <= RequestBatch.countMax
            if count > 1 { prefetch(jobs[threads.taken..<next]) }
            while threads.taken < next { takeOver(threads.takeNext()) }
        }
    }

    private func prefetch(_ jobs: ArraySlice<Reference<IOJob>>) {
        for job in jobs where job.value.parsedCount > 0 {
            job.value.requests.prefetchBuckets(from: database(of: job))
        }
        for job in jobs where job.value.parsedCount > 0 {
            job.value.requests.prefetchEntries(from: database(of: job))
        }
        for job in jobs where job.value.parsedCount > 0 {
            let hasTables = job.value.requests.prefetchValues(from: database(of: job))
            if hasTables { job.value.requests.prefetchElements(from: database(of: job)) }
        }
    }

    private func database(of job: Reference<IOJob>) -> Database {
        keyspace[job.value.client?.value.database ?? 0]
    }

    /// Takes a client back and executes what it has sent.
    private func takeOver(_ job: Reference<IOJob>) {
        guard let client = job.value.client else { return }
        job.value.giveBack()
        client.value.flags.remove(.handedOver)
        guard !isStopping, !client.value.flags.contains(.closesSoon),
            takeOver(job.value.received, from: client)
        else { return }
        var isOver = false
        if mayExecute(client) {
            switch job.value.parsing {
            case .none: break
            case .failed(let error): refuse(client, error)
            case .done:
                job.value.exchange(&requests)
                turnTime.beginShare()
                _ = executeRequests(of: client)
                isOver = turnTime.isShareOver(at: lastTick)
            }
        }
        if isOver { putOffRest(of: client) } else { executeQuery(of: client) }
        followMemory(of: client)
    }
}
