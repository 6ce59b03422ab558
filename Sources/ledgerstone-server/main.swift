import Bytes
import Platform
import Server

// The server; everything it does begins in `ServerProgram`.
private func start() -> Never {
    let world = World.kernel()
    let arguments = world.process.arguments.dropFirst().map { ByteString($0) }
    world.process.exit(ServerProgram.run(Array(arguments), in: world))
}

start()
