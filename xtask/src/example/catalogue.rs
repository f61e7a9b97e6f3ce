//! What Maison Tilleul sells.

use super::dice::Dice;

/// A thing on sale.
#[derive(Clone, Copy, Debug)]
pub struct Product {
    /// The stock-keeping unit.
    pub sku: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its category, as in the shop's address.
    pub category: &'static str,
    /// Its price in cents.
    pub cents: u32,
}

const fn product(sku: &'static str, name: &'static str, category: &'static str, cents: u32) -> Product {
    Product {
        sku,
        name,
        category,
        cents,
    }
}

/// Everything on sale.
pub const PRODUCTS: [Product; 20] = [
    product("LIN-01", "Linen tea towel", "kitchen", 1_450),
    product("LIN-02", "Linen napkins, set of 4", "kitchen", 3_200),
    product("LIN-03", "Linen tablecloth", "kitchen", 7_900),
    product("CER-01", "Stoneware mug", "kitchen", 1_890),
    product("CER-02", "Stoneware bowl", "kitchen", 2_400),
    product("CER-03", "Serving platter", "kitchen", 4_900),
    product("WOD-01", "Beech chopping board", "kitchen", 3_950),
    product("WOD-02", "Limewood spoon", "kitchen", 990),
    product("CAN-01", "Lime blossom candle", "living", 2_290),
    product("CAN-02", "Beeswax candles, pair", "living", 1_640),
    product("VAS-01", "Glass vase", "living", 3_490),
    product("CUS-01", "Wool cushion", "living", 5_400),
    product("THR-01", "Merino throw", "living", 12_900),
    product("LMP-01", "Paper lamp", "living", 8_900),
    product("BSK-01", "Willow basket", "living", 4_200),
    product("BED-01", "Washed linen pillowcase", "bedroom", 2_990),
    product("BED-02", "Washed linen duvet cover", "bedroom", 14_900),
    product("SOP-01", "Lime blossom soap", "bath", 850),
    product("TOW-01", "Waffle bath towel", "bath", 3_690),
    product("MAT-01", "Cotton bath mat", "bath", 2_750),
];

impl Product {
    /// The page that shows it.
    pub fn path(&self) -> String {
        format!("/{}/{}", self.category, self.sku.to_lowercase())
    }
}

/// What an order of `pieces` pieces for `cents` most likely was: the thing whose price is nearest to that of one piece,
/// or one of its neighbours.
pub fn bought_for(cents: u32, pieces: u32, dice: &mut Dice) -> Product {
    let each = cents / pieces.max(1);
    let mut by_distance = PRODUCTS;
    by_distance.sort_by_key(|product| product.cents.abs_diff(each));
    *dice.pick_early(&by_distance[..3])
}
