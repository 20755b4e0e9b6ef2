//! An address at which nobody answers.

use std::{io, net::Ipv4Addr};

use tokio::net::TcpSocket;

/// A port of this machine that nobody answers at, as long as this is held.
///
/// A port that was merely free a moment ago may be somebody's the next. This one is taken, and nobody listens there.
#[derive(Debug)]
pub struct Nowhere {
    url: String,
    _taken: TcpSocket,
}

impl Nowhere {
    /// Takes a port.
    ///
    /// # Errors
    /// When the system has none left.
    pub fn new() -> io::Result<Self> {
        let taken = TcpSocket::new_v4()?;
        taken.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        Ok(Self { url: format!("http://{}", taken.local_addr()?), _taken: taken })
    }

    /// Its address, as `http://127.0.0.1:40001`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn nobody_answers_and_nobody_else_can() {
        let nowhere = Nowhere::new().unwrap();
        let address = nowhere.url().trim_start_matches("http://").to_owned();
        assert_eq!(TcpStream::connect(&address).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
        assert_eq!(TcpListener::bind(&address).unwrap_err().kind(), io::ErrorKind::AddrInUse);
    }
}
