import Bytes
import Platform
import PlatformSimulation
import Synchronization
import Testing

@testable import Server

@Suite struct IORoundTests {
    @Test func eachJobIsClaimedOnce() {
        let round = IORound(SimulatedWorld(seed: 1).world)
        #expect(round.claim() == nil)
        for count in [3, 1, IORound.countMax, 2] {
            round.open(count)
            for index in 0..<count { #expect(round.claim() == index) }
            #expect(round.claim() == nil)
        }
    }

    /// Threads of the kernel do the jobs of many rounds; each is done once, by whomever.
    @Test func manyRoundsOfRealThreads() {
        var doors = SimulatedWorld(seed: 1).world
        let network = CountingNetwork()
        doors.threads = KernelThreads()
        doors.network = network
        let round = IORound(doors)
        let workers = (0..<3).map { doors.threads.start("io\($0)", IOThread(round)) }
        var done = 0
        for number in 0..<3000 {
            let count = 1 + number % 40
            for job in round.jobs[..<count] {
                job.value.isFinished.store(false, ordering: .relaxed)
            }
            round.open(count)
            for worker in workers { worker.wake() }
            if number % 3 > 0 { while round.performOne() {} }
            for index in 0..<count where !round.isFinished(index) { round.wait(for: index) }
            done += count
            #expect(network.calls.load(ordering: .relaxed) == done)
        }
        round.end()
        for worker in workers { worker.wake() }
        for worker in workers { worker.join() }
    }

    /// Counts what is asked of it, and has nothing to give.
    final class CountingNetwork: Network {
        let calls = Atomic<Int>(0)

        func receive(_ socket: Int32, into buffer: inout ByteBuffer, upTo count: Int) -> Int {
            calls.add(1, ordering: .relaxed)
            return -Int(SystemCode.wouldBlock)
        }

        func listen(on address: SocketAddress, backlog: Int) throws(IOError) -> Int32 { 0 }
        func port(of listener: Int32) -> UInt16 { 0 }
        func accept(_ listener: Int32) throws(IOError) -> AcceptedSocket? { nil }
        func connect(to address: SocketAddress) throws(IOError) -> Int32 { 0 }
        func takeError(of socket: Int32) -> Int32 { 0 }
        func send(_ socket: Int32, _ bytes: ByteSlice) -> Int { bytes.count }
        func shutdown(_ socket: Int32) {}
        func close(_ socket: Int32) {}
        func setNoDelay(_ socket: Int32) {}
        func setKeepAlive(_ socket: Int32, seconds: Int) {}
        var backlogMax: Int? { nil }
    }
}
