"""The program without a cloud: stack files as the engine reads them, the mock monitor, the recorded document."""
