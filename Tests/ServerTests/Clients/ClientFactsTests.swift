import Bytes
import Testing

@testable import Server

@Suite struct ClientFactsTests {
    private func line(_ facts: ClientFacts) -> String {
        var line = ByteBuffer()
        facts.append(to: &line)
        return line.bytes.text
    }

    @Test func aLineHasTheFieldsOfRedisInTheirOrder() {
        var facts = ClientFacts()
        facts.identifier = 7
        facts.peer = "127.0.0.1:5000"
        facts.local = "127.0.0.1:6379"
        facts.socket = 9
        facts.name = "worker"
        facts.age = 12
        facts.idle = 3
        facts.flags = "xd"
        facts.database = 4
        facts.channelCount = 1
        facts.patternCount = 2
        facts.shardChannelCount = 3
        facts.queuedCount = 2
        facts.queryCount = 5
        facts.querySpace = 100
        facts.queuedSize = 33
        facts.replyCount = 6
        facts.replyCapacity = 64
        facts.size = 500
        facts.waitsToSend = true
        facts.command = "client|list"
        facts.version = .three
        facts.libraryName = "redis-py"
        facts.libraryVersion = "5.0"
        #expect(
            line(facts)
                == "id=7 addr=127.0.0.1:5000 laddr=127.0.0.1:6379 fd=9 name=worker age=12 idle=3 "
                + "flags=xd db=4 sub=1 psub=2 ssub=3 multi=2 qbuf=5 qbuf-free=100 argv-mem=0 "
                + "multi-mem=33 rbs=64 rbp=64 obl=6 oll=0 omem=0 tot-mem=500 events=rw "
                + "cmd=client|list user=default redir=-1 resp=3 lib-name=redis-py lib-ver=5.0")
    }

    @Test func outsideOfATransactionNothingIsQueued() {
        #expect(line(ClientFacts()).contains(" multi=-1 "))
        var facts = ClientFacts()
        facts.queuedCount = 0
        #expect(line(facts).contains(" multi=0 "))
    }

    @Test func whatExceedsTheFixedBufferIsListed() {
        var facts = ClientFacts()
        facts.replyCapacity = ClientFacts.fixedReplySize
        facts.replyCount = ClientFacts.fixedReplySize
        #expect(line(facts).contains(" obl=16384 oll=0 omem=0 "))
        facts.replyCapacity += 1
        #expect(line(facts).contains(" obl=16384 oll=1 omem=1 "))
    }

    @Test func lettersTellWhatIsSpecial() {
        #expect(ClientFacts.letters(of: []) == "N")
        #expect(ClientFacts.letters(of: [.authenticated, .hasOutput, .loopback]) == "N")
        #expect(ClientFacts.letters(of: [.inTransaction, .watchBroken]) == "xd")
        #expect(ClientFacts.letters(of: [.monitor, .noTouch, .noEvict, .unixSocket]) == "OUeT")
        #expect(ClientFacts.letters(of: [.waiting, .closesAfterReply, .closesSoon]) == "bcA")
    }
}
