import Keyspace
import Platform
import PlatformSimulation
import Testing

@testable import Server

@Suite struct LatencyEventTests {
    @Test(arguments: ["1", "0"])
    func aSlowRemovalOfAnExpiredKeyIsAnEvent(threshold: String) throws {
        let crowd = try BlockingCrowd(
            count: 1, ["latency-monitor-threshold", threshold], ["notify-keyspace-events", "Ex"])
        _ = crowd.ask(0, "SET", "k", "v", "PX", "1")
        // Time passes between the end of the key and its being gone.
        crowd.server.keyspace.shared.value.onKeyEvent = { _, _, _ in
            crowd.simulated.world.clock.advance(microseconds: 7000)
        }
        crowd.pass(milliseconds: 10)
        #expect(crowd.ask(0, "GET", "k") == "$-1\r\n")
        let worst = crowd.server.latency.events["expire-del"]?.worst
        #expect(worst == (threshold == "1" ? 7 : nil))
    }
}
