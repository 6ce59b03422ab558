import Bytes
import Configuration
import Platform

// Writing by several threads, and their beginning and end.
extension Server {
    func startIOThreads() {
        let network = configuration.settings.network
        guard network.threads > 1 else { return }
        ioThreads = IOThreads(network.threads, isReading: network.threadsRead, world)
    }

    /// Ends the threads. A round that is under way goes on: the data thread does what is left of it.
    func endIOThreads() {
        guard let threads = ioThreads else { return }
        ioThreads = nil
        threads.end()
    }

    /// Sends the replies of all clients that have some, with other threads.
    ///
    /// - Parameter held: is told the clients some of whose replies wait for the log.
    func sendReplies(
        by threads: IOThreads, promised: UInt64, upTo sizeMax: Int,
        held: inout [Reference<Client>]
    ) {
        var count = 0
        for client in outputs {
            guard var sending = beginSending(to: client, promised, upTo: sizeMax, &held) else {
                continue
            }
            guard sending.open > 0 else {
                sending.proceed(client.value.transport, client.value.replies, world.network)
                finish(sending, to: client)
                if client.value.gate.isClosed { held.append(client) }
                continue
            }
            threads.round.jobs[count].value.send(to: client, sending)
            count += 1
            guard count == IORound.countMax else { continue }
            sendRound(of: count, threads, held: &held)
            count = 0
        }
        if count > 0 { sendRound(of: count, threads, held: &held) }
    }

    private func sendRound(of count: Int, _ threads: IOThreads, held: inout [Reference<Client>]) {
        let round = threads.round
        threads.beginWrites(count)
        while threads.performOne() {}
        for index in 0..<count where !round.isFinished(index) { round.wait(for: index) }
        for _ in 0..<count {
            let job = threads.takeNext()
            guard let client = job.value.client else { continue }
            finish(job.value.sending, to: client)
            if client.value.gate.isClosed { held.append(client) }
        }
        threads.finish()
        if threads.isActive { statistics.threadedWrites &+= UInt64(count) }
        followMemory(of: round)
    }
}
