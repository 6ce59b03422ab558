import Bytes
import Platform
import PlatformSimulation
import Testing

@Suite struct FaultTests {
    let clock = SimulatedClock()
    let disk: SimulatedFileSystem

    init() { disk = SimulatedFileSystem(clock: clock) }

    @Test func theChosenCallFailsAndNoOther() throws {
        disk.inject(Fault(.fail(SystemCode.inputOutput), on: [.write], path: "log", passing: 1))
        let log = try disk.open("/log", .append)
        let other = try disk.open("/other", .append)
        try log.writeAll("one")
        try other.writeAll("two")
        let error = #expect(throws: IOError.self) { try log.writeAll("three") }
        #expect(error == IOError(code: SystemCode.inputOutput, operation: .write, path: "/log"))
        #expect(error?.message == "Input/output error")
        try log.writeAll("four")
        #expect(disk.text("/log") == "onefour")
    }

    @Test func everyCallCanFailInItsTurn() throws {
        func work(_ disk: SimulatedFileSystem) throws(IOError) {
            try disk.createDirectory("/set")
            try "x".withSlice { bytes throws(IOError) in
                try disk.replaceFile(at: "/set/file", with: bytes)
            }
        }
        try work(disk)
        let count = disk.callCount
        #expect(count == 6)
        for number in 0..<count {
            let next = SimulatedFileSystem()
            next.inject(Fault(.fail(SystemCode.inputOutput), passing: number))
            #expect(throws: IOError.self) { try work(next) }
            // Nothing was left beside the file.
            #expect(next.paths.filter { $0.contains("temp-") }.isEmpty)
        }
    }

    @Test func aShortWriteTakesPart() throws {
        disk.inject(Fault(.shortWrite(2), on: [.write], times: .max))
        let file = try disk.open("/log", .append)
        #expect(try "abcdef".withSlice { bytes throws(IOError) in try file.write(bytes) } == 2)
        try file.writeAll("123")
        #expect(disk.text("/log") == "ab123")
    }

    @Test func afterAFailedSynchronizeALaterOnePromisesNothing() throws {
        let file = try disk.open("/log", .append)
        try disk.synchronizeDirectory("/")
        try file.writeAll("lost")
        disk.inject(Fault(.fail(SystemCode.inputOutput, afterBytes: 1), on: [.synchronize]))
        #expect(throws: IOError.self) { try file.synchronize() }
        // The second call succeeds, readers see the bytes, and power takes them.
        try file.synchronize()
        #expect(disk.text("/log") == "lost")
        #expect(disk.afterPowerLoss().text("/log") == "l")
        #expect(disk.afterPowerLoss(keeping: { _ in 100 }).text("/log") == "l")
        // What is written after them leaves a hole where they were.
        try file.writeAll("kept")
        try file.synchronize()
        #expect(disk.afterPowerLoss().peek("/log") == [0x6c, 0, 0, 0] + Array("kept".utf8))
    }

    @Test func aDiskThatLiesKeepsNothing() throws {
        let file = try disk.open("/log", .append)
        try disk.synchronizeDirectory("/")
        try file.writeAll("gone")
        disk.inject(Fault(.lie, on: [.synchronize]))
        try file.synchronize()
        #expect(disk.afterPowerLoss().text("/log") == "")
        try file.synchronize()
        #expect(disk.afterPowerLoss().text("/log") == "gone")
    }

    @Test func aDelayMovesTheClock() throws {
        let file = try disk.open("/log", .append)
        disk.inject(Fault(.delay(4000), on: [.synchronize]))
        let start = clock.monotonicMicroseconds
        try file.synchronize()
        #expect(clock.monotonicMicroseconds - start == 4000)
        try file.synchronize()
        #expect(clock.monotonicMicroseconds - start == 4000)
    }

    @Test func aFullDiskTakesWhatFitsAndRecovers() throws {
        let small = SimulatedFileSystem(capacity: 10)
        let file = try small.open("/log", .append)
        #expect(try "12345678".withSlice { bytes throws(IOError) in try file.write(bytes) } == 8)
        #expect(try "abcd".withSlice { bytes throws(IOError) in try file.write(bytes) } == 2)
        let error = #expect(throws: IOError.self) { try file.writeAll("e") }
        #expect(error?.isNoSpace == true)
        #expect(try small.space(at: "/") == DiskSpace(available: 0, total: 10))
        small.setCapacity(12)
        try file.writeAll("ok")
        #expect(small.text("/log") == "12345678abok")
        file.close()
        try small.remove("/log")
        #expect(try small.space(at: "/").available == 12)
    }

    @Test func bytesAtRestCanRot() throws {
        disk.place("/data", [0xff, 0x00])
        #expect(disk.damage("/data", at: 1, flipping: 0x80))
        #expect(!disk.damage("/data", at: 2))
        #expect(disk.peek("/data") == [0xff, 0x80])
        #expect(disk.afterPowerLoss().peek("/data") == [0xff, 0x80])
    }

    @Test func everyCallIsCountedAndWatched() throws {
        var calls: [SimulatedCall] = []
        disk.afterEachCall = { _, call in calls.append(call) }
        let file = try disk.open("/log", .append)
        try file.writeAll("x")
        try file.synchronize()
        #expect(throws: IOError.self) { try disk.remove("/absent") }
        #expect(try disk.status(of: "/log")?.size == 1)
        #expect(calls.map { $0.operation } == [.open, .write, .synchronize, .remove, .status])
        #expect(calls.map { $0.succeeded } == [true, true, true, false, true])
        #expect(calls.map { $0.number } == [1, 2, 3, 4, 5])
        #expect(calls.last?.isChange == false)
        #expect(disk.callCount == 5)
    }
}
