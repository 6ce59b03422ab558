import Platform
import Testing

@Suite struct KernelProcessTests {
    let process = KernelProcess()

    @Test func knowsItselfAndItsHost() {
        #expect(process.identifier > 1)
        #expect(process.executablePath.hasPrefix("/"))
        #expect(!process.arguments.isEmpty)
        let host = process.host()
        #expect(host.operatingSystem.hasPrefix("Linux "))
        #expect(host.memory > 1 << 20)
        #expect(host.processors >= 1)
    }

    @Test func countsMemory() {
        let before = process.memory()
        #expect(before.resident > 1 << 20)
        #expect(before.allocated > 0)
        #expect(before.active >= before.allocated)
        let allocation = ThreadAllocation()
        let balance = allocation.balance
        let block = [UInt8](repeating: 1, count: 1 << 22)
        #expect(allocation.balance - balance >= 1 << 22)
        #expect(process.memory().allocated >= UInt64(block.count))
        #expect(process.allocatorReport().contains("jemalloc"))
        #expect(process.allocatorControl("arenas.narenas.none", setting: nil) == nil)
        process.releaseUnusedMemory()
    }

    @Test func countsTime() {
        var sum: UInt64 = 0
        let start = KernelClock().monotonicMicroseconds
        while KernelClock().monotonicMicroseconds - start < 30_000 { sum &+= 1 }
        let times = process.processorTimes()
        #expect(sum > 0)
        #expect(times.user + times.system > 0)
        #expect(times.threadUser + times.threadSystem <= times.user + times.system + 20_000)
    }

    @Test func asksForNoMoreFilesThanItMust() {
        let limit = process.raiseOpenFileLimit(to: 64)
        #expect(limit.current >= 64)
        #expect(limit.current == limit.previous)
        #expect(limit.refusal == nil)
        let raised = process.raiseOpenFileLimit(to: limit.current + 1)
        #expect(raised.current >= limit.current)
        #expect((raised.refusal == nil) == (raised.current >= limit.current + 1))
    }

    @Test func withoutASupervisorNobodyIsTold() {
        guard process.environment("NOTIFY_SOCKET") == nil else { return }
        #expect(!process.notifySupervisor("READY=1"))
    }
}
