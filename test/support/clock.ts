/** Moves the clock of this process forward, for the node and the fake SendGrid alike. It goes on running. */
export function movableClock(): { advance(seconds: number): void } {
	let offset = 0;
	beforeEach(() => {
		offset = 0;
		const now = Date.now.bind(Date);
		jest.spyOn(Date, 'now').mockImplementation(() => now() + offset);
	});
	afterEach(() => {
		jest.restoreAllMocks();
	});
	return {
		advance(seconds) {
			offset += seconds * 1000;
		},
	};
}
